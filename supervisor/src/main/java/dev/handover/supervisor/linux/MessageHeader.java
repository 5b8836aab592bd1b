package dev.handover.supervisor.linux;

import java.lang.ref.Reference;
import java.util.function.ToLongFunction;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * A struct msghdr of 64-bit Linux and all that it points to: the content, and one control message, a struct cmsghdr with
 * some ints behind it.
 */
final class MessageHeader {
    private static final int BYTES = 56;
    private static final int VECTOR = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_BYTES = 40;
    private static final int FLAGS = 48;

    /** struct iovec: base, length. */
    private static final int VECTOR_BYTES = 16;

    private static final int CMSG_LENGTH = 0;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;

    private final Pointer header = Memory.allocateDirect(Kernel.RUNTIME, BYTES, true);
    private final Pointer vector = Memory.allocateDirect(Kernel.RUNTIME, VECTOR_BYTES, true);
    private final Pointer control;
    private final Pointer content;
    private final int controlLength;
    private final int controlRoom;

    /**
     * @param content what is sent, or where to put what is received
     * @param length of the content, in bytes
     * @param ints how many the control message has
     */
    MessageHeader(Pointer content, int length, int ints) {
        this.content = content;
        controlLength = CMSG_DATA + ints * Integer.BYTES;
        controlRoom = (controlLength + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        control = Memory.allocateDirect(Kernel.RUNTIME, controlRoom, true);
        vector.putAddress(0, content.address());
        vector.putLong(Long.BYTES, length);
        header.putAddress(VECTOR, vector.address());
        header.putLong(VECTOR_COUNT, 1);
        header.putAddress(CONTROL, control.address());
    }

    /** Makes it the control message, of level SOL_SOCKET. */
    void control(int type, int value) {
        control.putLong(CMSG_LENGTH, controlLength);
        control.putInt(CMSG_LEVEL, Abi.SOL_SOCKET);
        control.putInt(CMSG_TYPE, type);
        control.putInt(CMSG_DATA, value);
    }

    /** Sends or receives; what was received before is forgotten. */
    int pass(String call, String subject, ToLongFunction<Pointer> function) throws LinuxException {
        header.putLong(CONTROL_BYTES, controlRoom);
        try {
            return (int) Kernel.callLong(call, subject, () -> function.applyAsLong(header));
        } finally {
            // They are pointed to by bare addresses, which do not keep them from being collected.
            Reference.reachabilityFence(this);
            Reference.reachabilityFence(content);
        }
    }

    /** Whether a message was longer than the room for it. */
    boolean isTruncated() {
        return (header.getInt(FLAGS) & Abi.MSG_TRUNC) != 0;
    }

    /** Whether a whole control message of this type, of level SOL_SOCKET, was received. */
    boolean has(int type) {
        return header.getLong(CONTROL_BYTES) >= controlLength
                && control.getInt(CMSG_LEVEL) == Abi.SOL_SOCKET
                && control.getInt(CMSG_TYPE) == type;
    }

    /** An int of the control message. */
    int value(int index) {
        return control.getInt(CMSG_DATA + (long) index * Integer.BYTES);
    }
}
