package dev.handover.supervisor.linux;

import java.util.List;
import jnr.constants.platform.Errno;

/**
 * What seccomp runs at each system call of an intercepted program: it has bind(2) to an address of IPv4 or IPv6 told of, has
 * MPTCP sockets refused as by a kernel that knows none, and lets all else go on. A socket of MPTCP is bound anew for each of
 * its subflows, in the kernel and out of sight; programs that ask for one fall back to TCP.
 */
final class BindFilter {
    /** struct seccomp_data: number, architecture, instruction pointer, six arguments of 8 bytes, the low half first. */
    private static final int NUMBER = 0;

    private static final int ARCHITECTURE = 4;
    private static final int THIRD_ARGUMENT = 32;

    /** struct sockaddr_in; what is shorter is another family's, such as the netlink socket of each getaddrinfo(3). */
    private static final int SHORTEST_ADDRESS = 16;

    private static final int ALLOW = 0x7fff0000;
    private static final int TELL = 0x7fc00000;
    private static final int REFUSE = 0x00050000;

    private BindFilter() {}

    static List<Instruction> on(SystemCalls calls) {
        return List.of(
                Instruction.loadWordOfMessage(ARCHITECTURE),
                Instruction.jumpUnlessEqual(calls.architecture(), 8),
                Instruction.loadWordOfMessage(NUMBER),
                Instruction.jumpUnlessEqual(calls.bind(), 3),
                Instruction.loadWordOfMessage(THIRD_ARGUMENT),
                Instruction.jumpIfLess(SHORTEST_ADDRESS, 4),
                Instruction.returns(TELL),
                Instruction.jumpUnlessEqual(calls.socket(), 2),
                Instruction.loadWordOfMessage(THIRD_ARGUMENT),
                Instruction.jumpIfEqual(Abi.IPPROTO_MPTCP, 1),
                Instruction.returns(ALLOW),
                Instruction.returns(REFUSE | Errno.EPROTONOSUPPORT.intValue()));
    }
}
