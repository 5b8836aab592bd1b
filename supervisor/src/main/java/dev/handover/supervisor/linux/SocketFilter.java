package dev.handover.supervisor.linux;

import java.util.ArrayList;
import java.util.List;

/** Filters of one UDP socket, as classic BPF: what they return is how many bytes of a packet it takes; 0 drops it. */
final class SocketFilter {
    private static final int NONE = 0;
    private static final int ALL = -1;

    private SocketFilter() {}

    /** Takes all but a probe's packets. */
    static List<Instruction> without(PacketMatch probe) {
        List<Instruction> program = new ArrayList<>(probe.orElseSkip(1));
        program.add(Instruction.returns(NONE));
        program.add(Instruction.returns(ALL));
        return program;
    }
}
