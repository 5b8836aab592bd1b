package dev.handover.supervisor.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** A message with one descriptor (SCM_RIGHTS): a struct msghdr and all that it points to. */
final class PassedDescriptor {
    /** struct msghdr on 64-bit Linux. */
    private static final int HEADER_BYTES = 56;

    private static final int VECTOR = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_BYTES = 40;

    /** struct cmsghdr (length, level, type), then one int, padded to 8. */
    private static final int CONTROL_ROOM = 24;

    private static final int CMSG_LENGTH = 20;

    private PassedDescriptor() {}

    /** Sends at least the first of the bytes, and with it the descriptor; returns how many bytes were sent. */
    static int send(Fd socket, ByteBuffer bytes, Fd passed, String subject) throws LinuxException {
        int length = bytes.remaining();
        Pointer content = Memory.allocateDirect(Kernel.RUNTIME, length);
        content.put(0, bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        Pointer vector = Memory.allocateDirect(Kernel.RUNTIME, 2 * Long.BYTES, true);
        vector.putAddress(0, content.address());
        vector.putLong(Long.BYTES, length);
        Pointer control = Memory.allocateDirect(Kernel.RUNTIME, CONTROL_ROOM, true);
        control.putLong(0, CMSG_LENGTH);
        control.putInt(8, Abi.SOL_SOCKET);
        control.putInt(12, Abi.SCM_RIGHTS);
        control.putInt(16, passed.number());
        Pointer header = Memory.allocateDirect(Kernel.RUNTIME, HEADER_BYTES, true);
        header.putAddress(VECTOR, vector.address());
        header.putLong(VECTOR_COUNT, 1);
        header.putAddress(CONTROL, control.address());
        header.putLong(CONTROL_BYTES, CONTROL_ROOM);
        try {
            return (int) Kernel.callLong("sendmsg", subject, () -> Kernel.LIBC.sendmsg(socket.number(), header, 0));
        } finally {
            // They are pointed to by bare addresses, which do not keep them from being collected.
            Reference.reachabilityFence(content);
            Reference.reachabilityFence(vector);
            Reference.reachabilityFence(control);
        }
    }
}
