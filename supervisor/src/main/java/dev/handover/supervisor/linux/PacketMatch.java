package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Tells the packets of one local sender from all others, by family, protocol, source address and source port. */
record PacketMatch(Transport transport, InetSocketAddress source) {
    private static final int TCP = 6;

    /** What puts the source's port into A. */
    private static final List<Instruction> IPV4_PORT =
            List.of(Instruction.loadXHeaderLength(), Instruction.loadHalfAtX());

    private static final List<Instruction> IPV6_PORT = List.of(Instruction.loadHalf(40));

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
        return elseSkip(source.getAddress() instanceof Inet6Address ? ipv6() : ipv4(), more);
    }

    /**
     * The same of all senders at an address, whatever hops are left: leaves the source's port in A, and for packets from
     * elsewhere skips some more.
     */
    static List<Instruction> portOf(Transport transport, InetAddress address, int more) {
        boolean ipv6 = address instanceof Inet6Address;
        List<Test> tests = new ArrayList<>(ipv6 ? version(transport, 6, 6) : version(transport, 4, 9));
        tests.addAll(ipv6 ? ipv6(address) : ipv4(address));
        List<Instruction> port = ipv6 ? IPV6_PORT : IPV4_PORT;
        // A conditional jump reaches no further than 255 instructions, and there may be more to skip.
        List<Instruction> behind = List.of(Instruction.jump(1), Instruction.jump(more));
        List<Instruction> program = elseSkip(tests, port.size() + 1);
        program.addAll(port);
        program.addAll(behind);
        return program;
    }

    /** Instructions that go on behind their end where all tests hold, and else skip some more. */
    private static List<Instruction> elseSkip(List<Test> tests, int more) {
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
        tests.addAll(ipv4(source.getAddress()));
        tests.add(new Test(IPV4_PORT, source.getPort()));
        return tests;
    }

    private static List<Test> ipv4(InetAddress address) {
        return List.of(
                new Test(List.of(Instruction.loadWord(12)), bytes(address).getInt()));
    }

    private List<Test> ipv6() {
        List<Test> tests = new ArrayList<>(header(6, 6, 7));
        tests.addAll(ipv6(source.getAddress()));
        tests.add(new Test(IPV6_PORT, source.getPort()));
        return tests;
    }

    private static List<Test> ipv6(InetAddress address) {
        ByteBuffer bytes = bytes(address);
        List<Test> tests = new ArrayList<>();
        for (int offset : new int[] {8, 12, 16, 20}) {
            tests.add(new Test(List.of(Instruction.loadWord(offset)), bytes.getInt()));
        }
        return tests;
    }

    /**
     * For TCP the hops that are left, too: a program may outlive the sender, whose port is another's then, and no packet of
     * that one's has come to its end.
     */
    private List<Test> header(int version, int protocolAt, int hopsAt) {
        List<Test> tests = new ArrayList<>(version(transport, version, protocolAt));
        if (transport == Transport.TCP) {
            tests.add(new Test(List.of(Instruction.loadByte(hopsAt)), Probe.HOPS));
        }
        return tests;
    }

    private static List<Test> version(Transport transport, int version, int protocolAt) {
        return List.of(
                new Test(List.of(Instruction.loadByte(0), Instruction.shiftRight(4)), version),
                new Test(
                        List.of(Instruction.loadByte(protocolAt)), transport == Transport.TCP ? TCP : Abi.IPPROTO_UDP));
    }

    private static ByteBuffer bytes(InetAddress address) {
        return ByteBuffer.wrap(address.getAddress());
    }
}
