package dev.handover.supervisor.linux;

import java.util.List;
import jnr.constants.platform.Errno;

/**
 * The program of a socket's reuseport group (Linux 4.5). Set through any member it holds for all of them, stays when that
 * member closes, and needs no privilege.
 */
final class ReuseportGroup {
    private ReuseportGroup() {}

    static void attach(Fd member, SteeringProgram program) throws LinuxException {
        int instructions = program.instructions().size();
        if (instructions > SteeringProgram.MOST_INSTRUCTIONS) {
            // The kernel's own word for it is EINVAL, as for a socket without a group.
            throw new LinuxException(
                    "setsockopt SO_ATTACH_REUSEPORT_CBPF",
                    Errno.E2BIG,
                    "a program of " + instructions + " instructions, and the kernel takes "
                            + SteeringProgram.MOST_INSTRUCTIONS
                            + ": too many workers, and ranges of clients, for one group");
        }
        attach(member, "SO_ATTACH_REUSEPORT_CBPF", Abi.SO_ATTACH_REUSEPORT_CBPF, program.instructions());
    }

    /** Also for the filter of one socket (SO_ATTACH_FILTER), which is handed over in the same form. */
    static void attach(Fd member, String name, int option, List<Instruction> list) throws LinuxException {
        try (FilterProgram program = new FilterProgram(list)) {
            Kernel.call(
                    "setsockopt " + name,
                    member.toString(),
                    () -> Kernel.LIBC.setsockopt(
                            member.number(), Abi.SOL_SOCKET, option, program.header(), FilterProgram.BYTES));
        }
    }

    /** Goes back to the kernel's own hash over all members (Linux 5.3). Does nothing if there is no program, or no group. */
    static void detach(Fd member) throws LinuxException {
        try {
            SocketOptions.set(member, "SO_DETACH_REUSEPORT_BPF", Abi.SOL_SOCKET, Abi.SO_DETACH_REUSEPORT_BPF, 0);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.EINVAL)) {
                throw e;
            }
        }
    }
}
