package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class UdpFlowTest {
    private static final int IPPROTO_IP = 0;
    private static final int IP_OPTIONS = 4;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_DSTOPTS = 59;

    private final List<DatagramChannel> clients = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(names = {"UDP_IPV4", "UDP_IPV6", "UDP_DUAL_STACK", "UDP_MAPPED"})
    void flowKeepsItsMemberAndFlowsAreSpread(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 4)) {
            group.held(0).steer(Choice.among(1, 2, 3));
            open(kind.clientFamily(), 100);
            assertSpreadOver(membersOfFlows(group, kind.clientAddress().getHostAddress()), Set.of(1, 2, 3));
        }
    }

    @Test
    void ipv6ClientsOfADualStackGroupKeepTheirMemberToo() throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_DUAL_STACK, 4)) {
            group.held(0).steer(Choice.among(1, 2, 3));
            open(StandardProtocolFamily.INET6, 100);
            assertSpreadOver(membersOfFlows(group, "::1"), Set.of(1, 2, 3));
        }
    }

    @Test
    void programForIpv6OnlyKeepsFlowsToo() throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_IPV6, 4)) {
            ReuseportGroup.attach(
                    group.held(0).fd(),
                    SteeringProgram.of(Choice.among(1, 2, 3), Transport.UDP, SteeringProgram.Chooser.IPV6_FLOW));
            open(StandardProtocolFamily.INET6, 100);
            assertSpreadOver(membersOfFlows(group, "::1"), Set.of(1, 2, 3));
        }
    }

    @Test
    void randomProgramWouldScatterThem() throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_IPV4, 4)) {
            ReuseportGroup.attach(
                    group.held(0).fd(),
                    SteeringProgram.of(Choice.among(1, 2, 3), Transport.UDP, SteeringProgram.Chooser.RANDOM));
            open(StandardProtocolFamily.INET, 100);
            Map<Integer, Set<Integer>> members = membersOfFlows(group, "127.0.0.1");
            assertThat(members.values().stream().filter(set -> set.size() == 1).count())
                    .isLessThan(50);
        }
    }

    @Test
    void portsAreFoundBehindIpv4Options() throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_IPV4, 4)) {
            group.held(0).steer(Choice.among(1, 2, 3));
            open(StandardProtocolFamily.INET, 100);
            for (DatagramChannel client : clients) {
                // Two no-operations and the end: the header becomes 4 bytes longer.
                option(client, IPPROTO_IP, IP_OPTIONS, new byte[] {1, 1, 0, 0});
            }
            assertSpreadOver(membersOfFlows(group, "127.0.0.1"), Set.of(1, 2, 3));
        }
    }

    @Test
    void flowBehindAnIpv6ExtensionHeaderKeepsItsMember() throws Exception {
        assumeTrue(Processes.ownUid() == 0, "sending extension headers takes CAP_NET_RAW");
        try (TestGroup group = new TestGroup(Kind.UDP_IPV6, 4)) {
            group.held(0).steer(Choice.among(1, 2, 3));
            open(StandardProtocolFamily.INET6, 20);
            for (int i = 0; i < clients.size(); i++) {
                // A destination options header of 8 bytes: its padding, which differs, stands where ports are else.
                option(clients.get(i), IPPROTO_IPV6, IPV6_DSTOPTS, new byte[] {0, 0, 1, 4, 0, 0, 0, 0});
            }
            Map<Integer, Set<Integer>> members = membersOfFlows(group, "::1");
            assertThat(members.values()).allMatch(set -> set.size() == 1);
        }
    }

    private void open(ProtocolFamily family, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            DatagramChannel client = DatagramChannel.open(family);
            clients.add(client);
            client.bind(new InetSocketAddress(family == StandardProtocolFamily.INET ? "127.0.0.1" : "::1", 0));
        }
    }

    @AfterEach
    void close() throws IOException {
        for (DatagramChannel client : clients) {
            client.close();
        }
    }

    private static void option(DatagramChannel client, int level, int option, byte[] value) throws IOException {
        int port = client.socket().getLocalPort();
        try (SockDiag sockets = new SockDiag();
                Pidfd self = Pidfd.open(ProcessHandle.current().pid()).orElseThrow()) {
            SocketRow row = sockets.listeners(Transport.UDP, port).get(0);
            int number = ProcessSockets.held(self.pid(), Set.of(row.inode())).get(row.inode());
            try (Fd fd = self.duplicate(number)) {
                ByteBuffer bytes =
                        ByteBuffer.allocateDirect(value.length).put(value).flip();
                Kernel.call(
                        "setsockopt",
                        "client",
                        () -> Kernel.LIBC.setsockopt(fd.number(), level, option, bytes, value.length));
            }
        }
    }

    /** Sends some datagrams from each client, and tells which members got those of each. */
    private Map<Integer, Set<Integer>> membersOfFlows(TestGroup group, String host) throws IOException {
        Map<Integer, Set<Integer>> members = new HashMap<>();
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < clients.size(); i++) {
                ByteBuffer number = ByteBuffer.allocate(Integer.BYTES).putInt(0, i);
                clients.get(i).send(number, new InetSocketAddress(host, group.port()));
            }
            for (int member = 0; member < group.size(); member++) {
                for (int client : group.payloads(member)) {
                    members.computeIfAbsent(client, key -> new TreeSet<>()).add(member);
                }
            }
        }
        assertThat(members).hasSize(clients.size());
        return members;
    }

    private static void assertSpreadOver(Map<Integer, Set<Integer>> membersOfFlows, Set<Integer> members) {
        assertThat(membersOfFlows.values()).allMatch(set -> set.size() == 1);
        Map<Integer, Integer> flows = new HashMap<>();
        membersOfFlows.values().forEach(set -> flows.merge(set.iterator().next(), 1, Integer::sum));
        assertThat(flows.keySet()).isEqualTo(members);
        assertThat(flows.values()).allMatch(count -> count >= membersOfFlows.size() / (3 * members.size()));
    }
}
