package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.byref.IntByReference;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import org.jspecify.annotations.Nullable;

/**
 * Every C function that Handover calls, as the manual pages declare it; a buffer passed as {@link ByteBuffer} is direct.
 * All are called through {@link Kernel}, which reads errno and goes on after EINTR.
 */
final class LibC {
    private LibC() {}

    /** Public, in a class that is not: jnr-ffi implements it in a class loader, and so a package, of its own. */
    public interface Functions {
        int socket(int domain, int type, int protocol);

        int bind(int fd, @In byte[] address, int length);

        int connect(int fd, @In byte[] address, int length);

        int listen(int fd, int backlog);

        int accept4(int fd, @Nullable Pointer address, @Nullable Pointer length, int flags);

        int shutdown(int fd, int how);

        int getsockopt(int fd, int level, int option, ByteBuffer value, @In @Out IntByReference length);

        int setsockopt(int fd, int level, int option, ByteBuffer value, int length);

        @ssize_t
        long send(int fd, ByteBuffer bytes, @size_t long length, int flags);

        @ssize_t
        long recv(int fd, ByteBuffer bytes, @size_t long length, int flags);

        @ssize_t
        long recvmsg(int fd, Pointer message, int flags);

        @ssize_t
        long sendmsg(int fd, Pointer message, int flags);

        @ssize_t
        long read(int fd, ByteBuffer bytes, @size_t long length);

        @ssize_t
        long write(int fd, ByteBuffer bytes, @size_t long length);

        int poll(ByteBuffer descriptors, long count, int timeoutMillis);

        int eventfd(int initial, int flags);

        int signalfd(int fd, ByteBuffer signals, int flags);

        /** @param path with a zero byte at its end */
        int open(@In byte[] path, int flags);

        /** @param path with a zero byte at its end */
        int mkfifo(@In byte[] path, int mode);

        /** @param ends out: that to read from, and that to write to */
        int pipe2(@Out int[] ends, int flags);

        /**
         * glibc 2.27, musl 1.1.20.
         *
         * @param name with a zero byte at its end
         */
        int memfd_create(@In byte[] name, int flags);

        /**
         * @param path with a zero byte at its end
         * @param name with a zero byte at its end
         * @param value none, where its length alone is asked for
         */
        @ssize_t
        long getxattr(@In byte[] path, @In byte[] name, @Nullable Pointer value, @size_t long size);

        int flock(int fd, int operation);

        int fchmod(int fd, int mode);

        int fcntl(int fd, int command, int argument);

        int ioctl(int fd, long request, ByteBuffer argument);

        int prctl(int option, long second, long third, long fourth, long fifth);

        int unshare(int flags);

        int umask(int mask);

        int setpriority(int which, int who, int niceness);

        int close(int fd);

        int kill(int pid, int signal);

        int sched_setaffinity(int pid, @size_t long length, ByteBuffer mask);

        int geteuid();

        /** Of the calling thread. */
        int setfsuid(int uid);

        /** @param count in: the room; out: how many there are */
        int getgrouplist(@In byte[] user, int group, @Out int[] groups, IntByReference count);

        int getrlimit(int resource, Pointer limit);

        int setrlimit(int resource, Pointer limit);

        int waitid(int kind, int id, Pointer info, int options);

        @Nullable
        Pointer signal(int signal, @Nullable Pointer handler);

        /** Returns only where it has failed. */
        int execve(@In byte[] path, Pointer words, Pointer environment);

        /** Of the calling thread. */
        int sigprocmask(int how, ByteBuffer signals, @Nullable Pointer before);

        int posix_spawn(
                @Out IntByReference pid,
                @In byte[] path,
                Pointer actions,
                Pointer attributes,
                Pointer words,
                Pointer environment);

        int posix_spawnattr_init(Pointer attributes);

        int posix_spawnattr_destroy(Pointer attributes);

        int posix_spawnattr_setflags(Pointer attributes, short flags);

        int posix_spawnattr_setsigmask(Pointer attributes, Pointer signals);

        int posix_spawnattr_setsigdefault(Pointer attributes, Pointer signals);

        int posix_spawn_file_actions_init(Pointer actions);

        int posix_spawn_file_actions_destroy(Pointer actions);

        int posix_spawn_file_actions_adddup2(Pointer actions, int fd, int number);

        int posix_spawn_file_actions_addclose(Pointer actions, int fd);

        /** glibc 2.29, musl 1.1.24. */
        int posix_spawn_file_actions_addfchdir_np(Pointer actions, int fd);

        /** glibc 2.34; musl has none. */
        int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int first);

        int epoll_create1(int flags);

        int epoll_ctl(int epoll, int operation, int fd, @Nullable Pointer event);

        int epoll_wait(int epoll, Pointer events, int room, int timeoutMillis);

        /** For the calls that older C libraries have no function for; on 64-bit Linux every argument is a long. */
        long syscall(long number, long first, long second, long third, long fourth);
    }
}
