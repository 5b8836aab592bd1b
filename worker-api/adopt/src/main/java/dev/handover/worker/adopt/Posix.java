package dev.handover.worker.adopt;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.function.IntSupplier;
import jnr.constants.platform.Errno;
import jnr.constants.platform.Fcntl;
import jnr.constants.platform.SocketLevel;
import jnr.constants.platform.SocketOption;
import jnr.ffi.byref.IntByReference;
import jnr.posix.CmsgHdr;
import jnr.posix.MsgHdr;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/** The few system calls that the JDK has no words for. */
final class Posix {
    /** linux/socket.h */
    private static final int SCM_RIGHTS = 1;

    /** linux/socket.h: no program that this one starts inherits what it receives. */
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    /** unistd.h */
    private static final int FD_CLOEXEC = 1;

    /** The supervisor passes one at a time; the kernel closes those that there is no room for. */
    private static final int CONTROL_BYTES = 8 * Integer.BYTES;

    private static final POSIX LIBC = POSIXFactory.getNativePOSIX();

    private Posix() {}

    /**
     * Receives what has come on a stream socket, or waits for it.
     *
     * @param into direct
     * @param descriptors gets those that came with it
     * @return how many bytes; 0 at the end
     */
    static int receive(int socket, ByteBuffer into, Queue<Integer> descriptors) throws IOException {
        MsgHdr message = LIBC.allocateMsgHdr();
        message.setIov(new ByteBuffer[] {into});
        CmsgHdr control = message.allocateControl(CONTROL_BYTES);
        try {
            int count = call("recvmsg", () -> LIBC.recvmsg(socket, message, MSG_CMSG_CLOEXEC));
            CmsgHdr[] controls = message.getControls();
            for (CmsgHdr one : controls == null ? new CmsgHdr[0] : controls) {
                if (one.getLevel() == SocketLevel.SOL_SOCKET.intValue() && one.getType() == SCM_RIGHTS) {
                    ByteBuffer numbers = one.getData().order(ByteOrder.nativeOrder());
                    while (numbers.remaining() >= Integer.BYTES) {
                        descriptors.add(numbers.getInt());
                    }
                }
            }
            return count;
        } finally {
            // The message has bare addresses, and the kernel writes to these when something comes, maybe days later.
            // The vector that setIov made can't be named here; jnr keeps it as long as its neighbours.
            Reference.reachabilityFence(message);
            Reference.reachabilityFence(control);
            Reference.reachabilityFence(into);
        }
    }

    /** Lets a number that is in use stand for what another stands for, and gives the other back. */
    static void move(int from, int to) throws IOException {
        call("dup2", () -> LIBC.dup2(from, to));
        call("fcntl", () -> LIBC.fcntlInt(to, Fcntl.F_SETFD, FD_CLOEXEC));
        close(from);
    }

    /** Whether it is a listener that nobody has ended by shutdown(2). */
    static boolean isListening(int socket) throws IOException {
        ByteBuffer value = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
        IntByReference length = new IntByReference(Integer.BYTES);
        int level = SocketLevel.SOL_SOCKET.intValue();
        int option = SocketOption.SO_ACCEPTCONN.intValue();
        call("getsockopt", () -> LIBC.libc().getsockopt(socket, level, option, value, length));
        return value.getInt(0) != 0;
    }

    static void close(int descriptor) {
        LIBC.close(descriptor);
    }

    private static int call(String name, IntSupplier function) throws IOException {
        while (true) {
            int result = function.getAsInt();
            if (result >= 0) {
                return result;
            }
            Errno errno = Errno.valueOf(LIBC.errno());
            if (errno != Errno.EINTR) {
                throw new IOException(name + ": " + errno.name() + " (" + errno.description() + ")");
            }
        }
    }
}
