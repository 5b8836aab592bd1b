package dev.handover.supervisor.linux;

/**
 * Numbers of the kernel's interface that more than one file here needs, or that a call takes as an argument; named as its
 * headers name them. Alike on x86-64, AArch64 and RISC-V.
 */
final class Abi {
    private Abi() {}

    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;

    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;

    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_RCVBUF = 8;
    static final int SO_LINGER = 13;
    static final int SO_REUSEPORT = 15;
    static final int SO_PASSCRED = 16;
    static final int SO_PEERCRED = 17;
    static final int SO_SNDTIMEO = 21;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_GET_FILTER = 26;
    static final int SO_DETACH_FILTER = 27;
    static final int SO_PROTOCOL = 38;
    static final int SO_ATTACH_REUSEPORT_CBPF = 51;
    static final int SO_MEMINFO = 55;
    static final int SO_COOKIE = 57;
    static final int SO_PEERGROUPS = 59;
    static final int SO_DETACH_REUSEPORT_BPF = 68;
    static final int SO_PEERPIDFD = 77;
    static final int IPPROTO_IP = 0;
    static final int IP_TOS = 1;
    static final int IP_TTL = 2;
    static final int IP_MINTTL = 21;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_UNICAST_HOPS = 16;
    static final int IPV6_V6ONLY = 26;
    static final int IPV6_TCLASS = 67;
    static final int IPV6_MINHOPCOUNT = 73;
    static final int IPPROTO_UDP = 17;
    static final int IPPROTO_MPTCP = 262;
    static final int SOL_TCP = 6;
    static final int TCP_INFO = 11;
    static final int TCP_QUICKACK = 12;

    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int SCM_RIGHTS = 1;
    static final int SCM_CREDENTIALS = 2;

    static final int SHUT_RDWR = 2;

    static final int POLLIN = 0x1;
    static final int INFINITE = -1;

    static final int EFD_NONBLOCK = 0x800;
    static final int EFD_CLOEXEC = 0x80000;
    static final int SFD_CLOEXEC = 0x80000;

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_APPEND = 0x400;
    static final int O_NONBLOCK = 0x800;
    static final int O_PATH = 0x200000;
    static final int O_CLOEXEC = 0x80000;
    static final int MFD_CLOEXEC = 1;
    static final int LOCK_SH = 1;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int F_SETFD = 2;
    static final int FD_CLOEXEC = 1;
    static final int F_DUPFD_CLOEXEC = 1030;

    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CLOEXEC = 0x80000;

    static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    static final int POSIX_SPAWN_SETSIGMASK = 0x08;
    static final int POSIX_SPAWN_SETSID = 0x80;
    static final int SIGCHLD = 17;
    static final int SIG_SETMASK = 2;
    static final int P_PID = 1;
    static final int WNOHANG = 0x1;
    static final int WEXITED = 0x4;
    static final int WNOWAIT = 0x1000000;

    static final int S_IFMT = 0170000;
    static final int S_IFIFO = 0010000;
    static final int S_IFSOCK = 0140000;

    static final int SYS_PIDFD_SEND_SIGNAL = 424;
    static final int SYS_PIDFD_OPEN = 434;
    static final int SYS_PIDFD_GETFD = 438;
}
