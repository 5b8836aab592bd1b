package dev.handover.supervisor.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import jnr.constants.platform.Errno;
import jnr.ffi.byref.IntByReference;

/** getsockopt(2) and setsockopt(2). */
final class SocketOptions {
    private SocketOptions() {}

    /** @param values one, or the fields of a struct */
    static void set(Fd socket, String name, int level, int option, int... values) throws LinuxException {
        ByteBuffer bytes = allocate(values.length * Integer.BYTES);
        bytes.asIntBuffer().put(values);
        Kernel.call(
                "setsockopt " + name,
                socket.toString(),
                () -> Kernel.LIBC.setsockopt(socket.number(), level, option, bytes, bytes.capacity()));
    }

    /**
     * Reads an option's value.
     *
     * @param room its length as this program knows it; a newer kernel's may be longer, an older one's shorter, with the
     *     rest 0
     */
    static ByteBuffer get(Fd socket, String name, int level, int option, int room) throws LinuxException {
        return getWhole(socket, name, level, option, room).clear();
    }

    /**
     * The same, up to the end of what the kernel says.
     *
     * @param room the longest value
     */
    static ByteBuffer getWhole(Fd socket, String name, int level, int option, int room) throws LinuxException {
        ByteBuffer bytes = allocate(room);
        IntByReference length = new IntByReference(room);
        Kernel.call(
                "getsockopt " + name,
                socket.toString(),
                () -> Kernel.LIBC.getsockopt(socket.number(), level, option, bytes, length));
        return bytes.limit(Math.min(room, length.intValue()));
    }

    /** For an option that tells how long its value is, in a unit of its own, to who has no room for it. */
    static int length(Fd socket, String name, int level, int option) throws LinuxException {
        IntByReference length = new IntByReference(0);
        Kernel.call(
                "getsockopt " + name,
                socket.toString(),
                () -> Kernel.LIBC.getsockopt(socket.number(), level, option, allocate(0), length));
        return length.intValue();
    }

    /** How long a send waits for who does not read. */
    static void sendTimeout(Fd socket, Duration longest) throws LinuxException {
        ByteBuffer timeval =
                allocate(2 * Long.BYTES).putLong(longest.toSeconds()).putLong(longest.toNanosPart() / 1000);
        Kernel.call(
                "setsockopt SO_SNDTIMEO",
                socket.toString(),
                () -> Kernel.LIBC.setsockopt(
                        socket.number(), Abi.SOL_SOCKET, Abi.SO_SNDTIMEO, timeval.flip(), 2 * Long.BYTES));
    }

    /** Who is at the other end of a Unix stream socket. */
    static PeerCredentials peer(Fd socket) throws LinuxException {
        ByteBuffer ucred = get(socket, "SO_PEERCRED", Abi.SOL_SOCKET, Abi.SO_PEERCRED, 3 * Integer.BYTES);
        return new PeerCredentials(ucred.getInt(0), ucred.getInt(Integer.BYTES), ucred.getInt(2 * Integer.BYTES));
    }

    /** The socket's identity, as sock_diag has it: never used again until the next boot. */
    static long cookie(Fd socket) throws LinuxException {
        return get(socket, "SO_COOKIE", Abi.SOL_SOCKET, Abi.SO_COOKIE, Long.BYTES)
                .getLong(0);
    }

    /** Whether a descriptor is that very socket, and not another file. */
    static boolean isSocket(Fd descriptor, long cookie) throws LinuxException {
        try {
            return cookie(descriptor) == cookie;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOTSOCK)) {
                return false;
            }
            throw e;
        }
    }

    private static ByteBuffer allocate(int room) {
        return ByteBuffer.allocateDirect(room).order(ByteOrder.nativeOrder());
    }
}
