package dev.handover.supervisor.linux;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;

/**
 * The program of a socket's reuseport group (Linux 4.5). Set through any member it holds for all of them, stays when that
 * member closes, and needs no privilege.
 */
final class ReuseportGroup {
    /** struct sock_filter: u16 code, u8 jt, u8 jf, u32 k. */
    private static final int INSTRUCTION_BYTES = 8;

    /** struct sock_fprog on 64-bit Linux: u16 length, padding, pointer to the instructions. */
    private static final int PROGRAM_BYTES = 16;

    private static final int INSTRUCTIONS = 8;

    private ReuseportGroup() {}

    static void attach(Fd member, SteeringProgram program) throws LinuxException {
        attach(member, "SO_ATTACH_REUSEPORT_CBPF", Abi.SO_ATTACH_REUSEPORT_CBPF, program.instructions());
    }

    /** Also for the filter of one socket (SO_ATTACH_FILTER), which is handed over in the same form. */
    static void attach(Fd member, String name, int option, List<Instruction> list) throws LinuxException {
        ByteBuffer instructions =
                ByteBuffer.allocateDirect(list.size() * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
        for (Instruction one : list) {
            instructions
                    .putShort((short) one.code())
                    .put((byte) one.ifTrue())
                    .put((byte) one.ifFalse())
                    .putInt(one.k());
        }
        ByteBuffer header = ByteBuffer.allocateDirect(PROGRAM_BYTES).order(ByteOrder.nativeOrder());
        instructions.flip();
        header.putShort(0, (short) list.size());
        header.putLong(INSTRUCTIONS, Pointer.wrap(Kernel.RUNTIME, instructions).address());
        try {
            Kernel.call(
                    "setsockopt " + name,
                    member.toString(),
                    () -> Kernel.LIBC.setsockopt(member.number(), Abi.SOL_SOCKET, option, header, PROGRAM_BYTES));
        } finally {
            // The header holds their bare address, which does not keep them from being collected.
            Reference.reachabilityFence(instructions);
        }
    }

    /** Goes back to the kernel's own hash over all members (Linux 5.3). Does nothing if there is no program. */
    static void detach(Fd member) throws LinuxException {
        try {
            SocketOptions.set(member, "SO_DETACH_REUSEPORT_BPF", Abi.SOL_SOCKET, Abi.SO_DETACH_REUSEPORT_BPF, 0);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}
