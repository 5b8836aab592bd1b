package dev.handover.supervisor.linux;

import java.util.ArrayList;
import java.util.List;

/** A {@link Choice} as the classic BPF program that the kernel runs once for each new connection or datagram. */
final class SteeringProgram {
    private static final int VERSION_6 = 6;

    /** Scratch memory. */
    private static final int PORTS = 0;

    private final List<Instruction> instructions;

    private SteeringProgram(List<Instruction> instructions) {
        this.instructions = List.copyOf(instructions);
    }

    /** What a choice among several members is made by. */
    enum Chooser {
        /** A new random number: for TCP, whose handshake the kernel keeps with the member once chosen. */
        RANDOM,
        /** A hash of the flow's source address and ports, read from the packet's IPv4 header. */
        IPV4_FLOW,
        /** The same from an IPv6 header. */
        IPV6_FLOW,
        /** From whichever header the packet has: IPv4 clients' packets reach a dual-stack socket with theirs. */
        DUAL_STACK_FLOW
    }

    static SteeringProgram of(Choice choice, Chooser chooser) {
        List<Instruction> program = new ArrayList<>();
        if (choice.indices().size() > 1) {
            program.addAll(number(chooser));
        }
        program.addAll(oneOf(choice.indices()));
        return new SteeringProgram(program);
    }

    /** The packets of a probe each to the member that it names, all others as {@code rest} says. */
    static SteeringProgram probing(PacketMatch probe, int first, SteeringProgram rest) {
        List<Instruction> named = new ArrayList<>(probe.number());
        named.add(Instruction.add(first));
        named.add(Instruction.returnA());
        List<Instruction> program = new ArrayList<>(probe.orElseSkip(named.size()));
        program.addAll(named);
        program.addAll(rest.instructions);
        return new SteeringProgram(program);
    }

    /** No member in particular: an index that no group has makes the kernel choose by its own hash. */
    static SteeringProgram anyMember() {
        return new SteeringProgram(List.of(Instruction.returns(-1)));
    }

    List<Instruction> instructions() {
        return instructions;
    }

    /** Returns an index, by the number in A where there is a choice: a table, one comparison a member. */
    private static List<Instruction> oneOf(List<Integer> indices) {
        List<Instruction> program = new ArrayList<>();
        int last = indices.size() - 1;
        if (last > 0) {
            program.add(Instruction.modulo(indices.size()));
        }
        for (int i = 0; i < last; i++) {
            program.add(Instruction.jumpUnlessEqual(i, 1));
            program.add(Instruction.returns(indices.get(i)));
        }
        program.add(Instruction.returns(indices.get(last)));
        return program;
    }

    /** Leaves a number of 32 good bits in A. */
    private static List<Instruction> number(Chooser chooser) {
        return switch (chooser) {
            case RANDOM -> List.of(Instruction.loadRandom());
            case IPV4_FLOW -> mixed(ipv4());
            case IPV6_FLOW -> mixed(ipv6());
            case DUAL_STACK_FLOW -> mixed(dualStack());
        };
    }

    private static List<Instruction> dualStack() {
        List<Instruction> ipv4 = ipv4();
        List<Instruction> ipv6 = new ArrayList<>(ipv6());
        ipv6.add(Instruction.jump(ipv4.size()));
        List<Instruction> program = new ArrayList<>();
        program.add(Instruction.loadByte(0));
        program.add(Instruction.shiftRight(4));
        program.add(Instruction.jumpUnlessEqual(VERSION_6, ipv6.size()));
        program.addAll(ipv6);
        program.addAll(ipv4);
        return program;
    }

    /** Source address xor ports. The ports follow the header, whose length counts options in. */
    private static List<Instruction> ipv4() {
        return List.of(
                Instruction.loadXHeaderLength(),
                Instruction.loadWordAtX(),
                Instruction.copyToX(),
                Instruction.loadWord(12),
                Instruction.xorX());
    }

    /**
     * Source address xor ports, if the UDP header follows at once. Behind an extension header the ports are left out: the
     * flow still keeps its member, with all of its source's other flows.
     */
    private static List<Instruction> ipv6() {
        List<Instruction> program = new ArrayList<>(List.of(
                Instruction.loadByte(6),
                Instruction.jumpUnlessEqual(Abi.IPPROTO_UDP, 2),
                Instruction.loadWord(40),
                Instruction.jump(1),
                Instruction.loadConstant(0),
                Instruction.store(PORTS)));
        program.addAll(List.of(Instruction.loadXMemory(PORTS), Instruction.loadWord(8), Instruction.xorX()));
        for (int offset : new int[] {12, 16, 20}) {
            program.addAll(List.of(Instruction.copyToX(), Instruction.loadWord(offset), Instruction.xorX()));
        }
        return program;
    }

    /** Spreads each bit of A over all of them (the mixer known as lowbias32): clients' ports often differ in a few only. */
    private static List<Instruction> mixed(List<Instruction> flow) {
        List<Instruction> program = new ArrayList<>(flow);
        program.addAll(xorShifted(16));
        program.add(Instruction.multiply(0x7feb352d));
        program.addAll(xorShifted(15));
        program.add(Instruction.multiply(0x846ca68b));
        program.addAll(xorShifted(16));
        return program;
    }

    private static List<Instruction> xorShifted(int bits) {
        return List.of(Instruction.copyToX(), Instruction.shiftRight(bits), Instruction.xorX());
    }
}
