package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Tells the packets of one local sender from all others, by family, protocol, source address and source port. */
record PacketMatch(Transport transport, InetSocketAddress source) {
    private static final int TCP = 6;

    /** A packet carries 0 to one less. */
    static final int NUMBERS = 1 << 6;

    /** In the traffic class of IPv6, or in IPv4's byte of the service's type, behind two bits for congestion. */
    static int trafficClass(int number) {
        return number << 2;
    }

    /** A comparison: what puts a value into A, and the value that a packet of the sender has. */
    private record Test(List<Instruction> load, int expected) {}

    /** Instructions that go on behind their end for the sender's packets, and for others skip some more. */
    List<Instruction> orElseSkip(int more) {
        List<Test> tests = source.getAddress() instanceof Inet6Address ? ipv6() : ipv4();
        int length = tests.stream().mapToInt(test -> test.load().size() + 1).sum();
        List<Instruction> program = new ArrayList<>();
        for (Test test : tests) {
            program.addAll(test.load());
            program.add(Instruction.jumpUnlessEqual(test.expected(), length - program.size() - 1 + more));
        }
        return program;
    }

    /** Leaves the number that one of the sender's packets carries in A: its DSCP, the six bits that anyone may set. */
    List<Instruction> number() {
        return source.getAddress() instanceof Inet6Address
                ? List.of(Instruction.loadHalf(0), Instruction.shiftRight(6), Instruction.add(-(6 << 6)))
                : List.of(Instruction.loadByte(1), Instruction.shiftRight(2));
    }

    private List<Test> ipv4() {
        List<Test> tests = new ArrayList<>(header(4, 9, 8));
        tests.add(new Test(List.of(Instruction.loadWord(12)), address().getInt()));
        tests.add(new Test(List.of(Instruction.loadXHeaderLength(), Instruction.loadHalfAtX()), source.getPort()));
        return tests;
    }

    private List<Test> ipv6() {
        List<Test> tests = new ArrayList<>(header(6, 6, 7));
        ByteBuffer address = address();
        for (int offset : new int[] {8, 12, 16, 20}) {
            tests.add(new Test(List.of(Instruction.loadWord(offset)), address.getInt()));
        }
        tests.add(new Test(List.of(Instruction.loadHalf(40)), source.getPort()));
        return tests;
    }

    /**
     * For TCP the hops that are left, too: a program may outlive the sender, whose port is another's then, and no packet of
     * that one's has come to its end.
     */
    private List<Test> header(int version, int protocolAt, int hopsAt) {
        Test right = new Test(List.of(Instruction.loadByte(0), Instruction.shiftRight(4)), version);
        Test protocol =
                new Test(List.of(Instruction.loadByte(protocolAt)), transport == Transport.TCP ? TCP : Abi.IPPROTO_UDP);
        Test hops = new Test(List.of(Instruction.loadByte(hopsAt)), Probe.HOPS);
        return transport == Transport.TCP ? List.of(right, protocol, hops) : List.of(right, protocol);
    }

    private ByteBuffer address() {
        return ByteBuffer.wrap(source.getAddress().getAddress());
    }
}
