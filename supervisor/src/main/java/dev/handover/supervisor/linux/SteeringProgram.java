package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.QuicTag;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A {@link Choice} as the classic BPF program that the kernel runs once for each new connection or datagram. */
final class SteeringProgram {
    /** BPF_MAXINSNS. */
    static final int MOST_INSTRUCTIONS = 4096;

    private static final int VERSION_6 = 6;

    /** Scratch memory. */
    private static final int PORTS = 0;

    private static final int NUMBER = 1;

    /** QUIC, whatever its version (RFC 8999, section 5): the first byte's first bit is set in a long header. */
    private static final int LONG_HEADER = 0x80;
    /** Where a short header's destination connection id begins. */
    private static final int SHORT_ID = 1;
    /** Where a long header has that id's length, and where the id begins. */
    private static final int LONG_ID_LENGTH = 5;

    private static final int LONG_ID = 6;

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

    static SteeringProgram of(Choice choice, Transport transport, Chooser chooser) {
        List<Instruction> program = new ArrayList<>(doors(choice.doors(), transport));
        boolean numbered = choice.tags().values().stream().anyMatch(members -> members.size() > 1);
        if (numbered) {
            program.addAll(number(chooser));
            program.add(Instruction.store(NUMBER));
        }
        program.addAll(tags(choice.tags()));
        List<Instruction> others = oneOf(choice.indices(), numbered, chooser);
        choice.canary().ifPresent(canary -> {
            List<Instruction> some = oneOf(canary.indices(), numbered, chooser);
            program.addAll(SplitProgram.orElseSkip(canary.split(), some.size()));
            program.addAll(some);
        });
        program.addAll(others);
        return new SteeringProgram(program);
    }

    private static List<Instruction> oneOf(List<Integer> indices, boolean numbered, Chooser chooser) {
        List<Instruction> program = new ArrayList<>();
        if (indices.size() > 1) {
            program.addAll(numbered ? List.of(Instruction.loadMemory(NUMBER)) : number(chooser));
        }
        program.addAll(oneOf(indices));
        return program;
    }

    /** Goes on behind its end for packets that come through no door; a table for each of the addresses that they have. */
    private static List<Instruction> doors(Map<InetSocketAddress, Integer> doors, Transport transport) {
        Map<InetAddress, SortedMap<Integer, Integer>> byAddress = new LinkedHashMap<>();
        doors.forEach((source, index) -> byAddress
                .computeIfAbsent(source.getAddress(), address -> new TreeMap<>())
                .put(source.getPort(), index));
        List<Instruction> program = new ArrayList<>();
        byAddress.forEach((address, ports) -> {
            List<Instruction> table = new ArrayList<>();
            ports.forEach((port, index) -> {
                table.add(Instruction.jumpUnlessEqual(port, 1));
                table.add(Instruction.returns(index));
            });
            program.addAll(PacketMatch.portOf(transport, address, table.size()));
            program.addAll(table);
        });
        return program;
    }

    /** Goes on behind its end for what is no QUIC packet with a tag; a table for each offset at which there are tags. */
    private static List<Instruction> tags(Map<QuicTag, List<Integer>> tags) {
        List<Instruction> program = new ArrayList<>();
        tags.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparingInt(QuicTag::value)))
                .collect(Collectors.groupingBy(entry -> entry.getKey().offset(), TreeMap::new, Collectors.toList()))
                .forEach((offset, those) -> {
                    List<Instruction> table = new ArrayList<>();
                    those.forEach(entry -> table.addAll(tagged(entry.getKey().value(), entry.getValue())));
                    program.addAll(tagOrElseSkip(offset, table.size()));
                    program.addAll(table);
                });
        return program;
    }

    /** Returns a member if A is the tag; A is left as it is if not. */
    private static List<Instruction> tagged(int tag, List<Integer> members) {
        if (members.size() == 1) {
            return List.of(Instruction.jumpUnlessEqual(tag, 1), Instruction.returns(members.get(0)));
        }
        List<Instruction> choice = new ArrayList<>(List.of(Instruction.loadMemory(NUMBER)));
        choice.addAll(oneOf(members));
        List<Instruction> program =
                new ArrayList<>(List.of(Instruction.jumpIfEqual(tag, 1), Instruction.jump(choice.size())));
        program.addAll(choice);
        return program;
    }

    /**
     * Leaves the four bytes in A that a QUIC packet's destination connection id has at an offset, and skips some more where
     * there are none. What lies behind the datagram's end may not be read: the kernel would take that for index 0.
     */
    private static List<Instruction> tagOrElseSkip(int offset, int more) {
        int end = offset + QuicTag.BYTES;
        return List.of(
                Instruction.loadLength(),
                Instruction.jumpIfLess(SHORT_ID + end, 10),
                Instruction.loadByteOfMessage(0),
                Instruction.jumpIfLess(LONG_HEADER, 6),
                Instruction.loadLength(),
                Instruction.jumpIfLess(LONG_ID + end, 6),
                Instruction.loadByteOfMessage(LONG_ID_LENGTH),
                Instruction.jumpIfLess(end, 4),
                Instruction.loadWordOfMessage(LONG_ID + offset),
                Instruction.jump(3),
                Instruction.loadWordOfMessage(SHORT_ID + offset),
                Instruction.jump(1),
                Instruction.jump(more));
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

    /** Clients' ports often differ in a few bits only. */
    private static List<Instruction> mixed(List<Instruction> flow) {
        List<Instruction> program = new ArrayList<>(flow);
        program.addAll(ClientHash.mix());
        return program;
    }
}
