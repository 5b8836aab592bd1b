package dev.handover.supervisor.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import jnr.ffi.Pointer;

/** Instructions as the kernel takes them: struct sock_fprog. To be closed after the call that takes it. */
final class FilterProgram implements AutoCloseable {
    /** struct sock_filter: u16 code, u8 jt, u8 jf, u32 k. */
    private static final int INSTRUCTION_BYTES = 8;

    /** struct sock_fprog on 64-bit Linux: u16 length, padding, pointer to the instructions. */
    static final int BYTES = 16;

    private static final int INSTRUCTIONS = 8;

    private final ByteBuffer instructions;
    private final ByteBuffer header = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());

    FilterProgram(List<Instruction> list) {
        instructions =
                ByteBuffer.allocateDirect(list.size() * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        for (Instruction one : list) {
            instructions
                    .putShort((short) one.code())
                    .put((byte) one.ifTrue())
                    .put((byte) one.ifFalse())
                    .putInt(one.k());
        }
        instructions.flip();
        header.putShort(0, (short) list.size());
        header.putLong(INSTRUCTIONS, Pointer.wrap(Kernel.RUNTIME, instructions).address());
    }

    ByteBuffer header() {
        return header;
    }

    long address() {
        return Pointer.wrap(Kernel.RUNTIME, header).address();
    }

    /** A bare address does not keep what it points to from being collected. */
    @Override
    @SuppressWarnings("ReachabilityFenceUsage") // Who has it, has it in a try.
    public void close() {
        Reference.reachabilityFence(this);
    }
}
