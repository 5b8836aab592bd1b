package dev.handover.supervisor.linux;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.constants.platform.Errno;

/** A TCP socket of this process's own that never blocks, for what the JDK's have no option for. For one thread. */
final class TcpSocket implements AutoCloseable {
    private static final int IPV4_BYTES = 16;
    private static final int IPV6_BYTES = 28;

    /** The first byte of struct tcp_info: the socket's state. */
    private static final int STATE_BYTES = 1;

    private final Fd fd;

    private TcpSocket(Fd fd) {
        this.fd = fd;
    }

    static TcpSocket open(boolean ipv6) throws LinuxException {
        int type = Abi.SOCK_STREAM | Abi.SOCK_CLOEXEC | Abi.SOCK_NONBLOCK;
        int family = ipv6 ? Abi.AF_INET6 : Abi.AF_INET;
        String subject = "a TCP socket";
        return new TcpSocket(
                new Fd(Kernel.call("socket", subject, () -> Kernel.LIBC.socket(family, type, 0)), subject));
    }

    /** One that is another user's to the kernel, where this process is root's: it takes the calling thread's fsuid. */
    static TcpSocket openAs(int uid, boolean ipv6) throws LinuxException {
        int own = Kernel.LIBC.setfsuid(uid);
        try {
            return open(ipv6);
        } finally {
            Kernel.LIBC.setfsuid(own);
        }
    }

    Fd fd() {
        return fd;
    }

    void set(String name, int level, int option, int... values) throws LinuxException {
        SocketOptions.set(fd, name, level, option, values);
    }

    void bind(InetSocketAddress address) throws LinuxException {
        byte[] bytes = encode(address);
        Kernel.call("bind", address.toString(), () -> Kernel.LIBC.bind(fd.number(), bytes, bytes.length));
    }

    void listen(int backlog) throws LinuxException {
        Kernel.call("listen", fd.toString(), () -> Kernel.LIBC.listen(fd.number(), backlog));
    }

    /** Sends a SYN. What becomes of it, {@link #isAnswered} tells. */
    void connect(InetSocketAddress address) throws LinuxException {
        byte[] bytes = encode(address);
        try {
            Kernel.call("connect", address.toString(), () -> Kernel.LIBC.connect(fd.number(), bytes, bytes.length));
        } catch (LinuxException e) {
            if (!e.is(Errno.EINPROGRESS) && !e.is(Errno.ECONNREFUSED)) {
                throw e;
            }
        }
    }

    /**
     * Ends the connection, or what was to become one. {@link #close} alone does not for as long as a child has a copy that is
     * being started meanwhile.
     */
    void disconnect() throws LinuxException {
        byte[] nowhere = new byte[IPV4_BYTES]; // its first two bytes are AF_UNSPEC
        Kernel.call("connect", fd.toString(), () -> Kernel.LIBC.connect(fd.number(), nowhere, nowhere.length));
    }

    /** Whether the SYN was answered, by whatever. */
    boolean isAnswered() throws LinuxException {
        byte state = SocketOptions.get(fd, "TCP_INFO", Abi.SOL_TCP, Abi.TCP_INFO, STATE_BYTES)
                .get(0);
        return state != SocketState.SYN_SENT.number();
    }

    /** struct sockaddr_in and struct sockaddr_in6: the family in this machine's order of bytes, the rest in the network's. */
    private static byte[] encode(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        ByteBuffer bytes = ByteBuffer.allocate(host instanceof Inet6Address ? IPV6_BYTES : IPV4_BYTES);
        bytes.order(ByteOrder.nativeOrder());
        bytes.putShort((short) (host instanceof Inet6Address ? Abi.AF_INET6 : Abi.AF_INET));
        bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) address.getPort());
        if (host instanceof Inet6Address ipv6) {
            bytes.putInt(0).put(ipv6.getAddress());
            bytes.order(ByteOrder.nativeOrder()).putInt(ipv6.getScopeId());
        } else {
            bytes.put(host.getAddress());
        }
        return bytes.array();
    }

    @Override
    public void close() {
        fd.close();
    }
}
