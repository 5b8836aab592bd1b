package dev.handover.supervisor.linux;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * Room for one datagram and its sender's credentials, used again for each datagram.
 *
 * <p>There is no room for passed descriptors (SCM_RIGHTS): the kernel then closes them on receipt. That is what
 * sd_notify's barrier waits for, and nobody can fill this process's table.
 */
final class ReceivedMessage {
    /** struct ucred: pid, uid, gid. */
    private static final int CREDENTIALS_INTS = 3;

    private final int room;
    private final MessageHeader message;
    private final Pointer bytes;
    private int length;

    /** @param room the longest datagram, in bytes */
    ReceivedMessage(int room) {
        this.room = room;
        bytes = Memory.allocateDirect(Kernel.RUNTIME, room, true);
        message = new MessageHeader(bytes, room, CREDENTIALS_INTS);
    }

    void receive(Fd socket) throws LinuxException {
        int flags = Abi.MSG_DONTWAIT | Abi.MSG_CMSG_CLOEXEC;
        length = message.pass(
                "recvmsg", socket.toString(), header -> Kernel.LIBC.recvmsg(socket.number(), header, flags));
    }

    /** Whether the datagram was longer than there is room for. */
    boolean truncated() {
        return message.isTruncated();
    }

    /** Who sent it: there with every datagram of a socket that has SO_PASSCRED set. */
    Optional<PeerCredentials> sender() {
        return message.has(Abi.SCM_CREDENTIALS)
                ? Optional.of(new PeerCredentials(message.value(0), message.value(1), message.value(2)))
                : Optional.empty();
    }

    String text() {
        byte[] copy = new byte[Math.min(length, room)];
        bytes.get(0, copy, 0, copy.length);
        return new String(copy, StandardCharsets.UTF_8);
    }
}
