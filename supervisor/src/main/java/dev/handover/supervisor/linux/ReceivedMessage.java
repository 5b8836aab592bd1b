package dev.handover.supervisor.linux;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * A struct msghdr with room for one datagram and its sender's credentials, used again for each datagram.
 *
 * <p>There is no room for passed descriptors (SCM_RIGHTS): the kernel then closes them on receipt. That is what
 * sd_notify's barrier waits for, and nobody can fill this process's table.
 */
final class ReceivedMessage {
    /** struct msghdr on 64-bit Linux. */
    private static final int HEADER_BYTES = 56;

    private static final int VECTOR = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_BYTES = 40;
    private static final int FLAGS = 48;

    /** struct iovec: base, length. */
    private static final int VECTOR_BYTES = 16;

    /** struct cmsghdr (length, level, type), then struct ucred (pid, uid, gid), padded to 8: exactly one. */
    private static final int CONTROL_ROOM = 32;

    private static final int CMSG_LENGTH = 28;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;

    private final int room;
    private final Pointer header = Memory.allocateDirect(Kernel.RUNTIME, HEADER_BYTES, true);
    private final Pointer vector = Memory.allocateDirect(Kernel.RUNTIME, VECTOR_BYTES, true);
    private final Pointer control = Memory.allocateDirect(Kernel.RUNTIME, CONTROL_ROOM, true);
    private final Pointer bytes;
    private int length;

    /** @param room the longest datagram, in bytes */
    ReceivedMessage(int room) {
        this.room = room;
        bytes = Memory.allocateDirect(Kernel.RUNTIME, room, true);
        vector.putAddress(0, bytes.address());
        vector.putLong(Long.BYTES, room);
        header.putAddress(VECTOR, vector.address());
        header.putLong(VECTOR_COUNT, 1);
        header.putAddress(CONTROL, control.address());
    }

    void receive(Fd socket) throws LinuxException {
        header.putLong(CONTROL_BYTES, CONTROL_ROOM);
        length = (int) Kernel.callLong(
                "recvmsg",
                socket.toString(),
                () -> Kernel.LIBC.recvmsg(socket.number(), header, Abi.MSG_DONTWAIT | Abi.MSG_CMSG_CLOEXEC));
    }

    /** Whether the datagram was longer than there is room for. */
    boolean truncated() {
        return (header.getInt(FLAGS) & Abi.MSG_TRUNC) != 0;
    }

    /** Who sent it: there with every datagram of a socket that has SO_PASSCRED set. */
    Optional<PeerCredentials> sender() {
        boolean credentials = header.getLong(CONTROL_BYTES) >= CMSG_LENGTH
                && control.getInt(CMSG_LEVEL) == Abi.SOL_SOCKET
                && control.getInt(CMSG_TYPE) == Abi.SCM_CREDENTIALS;
        return credentials
                ? Optional.of(new PeerCredentials(
                        control.getInt(CMSG_DATA), control.getInt(CMSG_DATA + 4), control.getInt(CMSG_DATA + 8)))
                : Optional.empty();
    }

    String text() {
        byte[] copy = new byte[Math.min(length, room)];
        bytes.get(0, copy, 0, copy.length);
        return new String(copy, StandardCharsets.UTF_8);
    }
}
