package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.SteeringProgram.Chooser;
import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.QuicTag;
import dev.handover.supervisor.terms.ServiceName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients of many addresses, in the kernel that runs. */
@Timeout(300)
class SplitTest {
    private static final int CLIENTS = 600;
    private static final int OLD = 0;

    private static Split split(String percentage, String... ranges) {
        List<ClientRange> clients = Stream.of(ranges).map(ClientRange::parse).toList();
        return new Split(
                new ServiceName("web"), new GenerationId(7), new CanaryShare(clients, Percentage.parse(percentage)));
    }

    private static List<InetAddress> sources() throws IOException {
        List<InetAddress> sources = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            sources.add(InetAddress.getByName("127." + i % 7 + "." + i / 200 + "." + (i % 200 + 1)));
        }
        return sources;
    }

    /** Which member each of these gets, in a connection or datagram of its own. */
    private static Map<InetAddress, Integer> taken(TestGroup group, Kind kind, List<InetAddress> sources)
            throws IOException {
        InetSocketAddress server = new InetSocketAddress(kind.clientAddress(), group.port());
        Map<InetAddress, Integer> taken =
                new TreeMap<>((one, other) -> one.toString().compareTo(other.toString()));
        for (InetAddress source : sources) {
            taken.put(
                    source,
                    kind.transport == Transport.TCP ? connected(group, source, server) : sent(group, source, server));
        }
        return taken;
    }

    private static int connected(TestGroup group, InetAddress source, InetSocketAddress server) throws IOException {
        try (SocketChannel client = SocketChannel.open()) {
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.bind(new InetSocketAddress(source, 0)).connect(server);
            for (int member = 0; member < group.size(); member++) {
                SocketChannel accepted = group.worker(member).accept();
                if (accepted != null) {
                    accepted.close();
                    return member;
                }
            }
        }
        throw new IOException("nobody got a connection from " + source);
    }

    private static int sent(TestGroup group, InetAddress source, InetSocketAddress server) throws IOException {
        try (DatagramChannel client = DatagramChannel.open()) {
            client.bind(new InetSocketAddress(source, 0));
            client.send(ByteBuffer.allocate(Integer.BYTES), server);
        }
        for (int member = 0; member < group.size(); member++) {
            if (!group.payloads(member).isEmpty()) {
                return member;
            }
        }
        throw new IOException("nobody got a datagram from " + source);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "TCP_IPV4",
                "TCP_ANY_IPV4",
                "TCP_DUAL_STACK",
                "TCP_MAPPED",
                "UDP_IPV4",
                "UDP_DUAL_STACK",
                "UDP_MAPPED"
            })
    void eachClientGetsWhatIsSaidOfItAndKeepsItAsTheShareGrows(Kind kind) throws Exception {
        List<InetAddress> sources = sources();
        try (TestGroup group = new TestGroup(kind, 2)) {
            Map<InetAddress, Integer> before = Map.of();
            for (String percentage : List.of("10%", "10%", "50%")) {
                Split split = split(percentage, "127.3.0.0/16");
                group.held(OLD).steer(Choice.among(OLD).withCanary(List.of(1), split));
                Map<InetAddress, Integer> taken = taken(group, kind, sources);
                assertThat(taken)
                        .allSatisfy((source, member) ->
                                assertThat(member == 1).as(source.toString()).isEqualTo(split.leads(source)));
                before.forEach((source, member) -> assertThat(taken.get(source)).isGreaterThanOrEqualTo(member));
                assertThat(others(taken)).isBetween(least(split, taken), most(split, taken));
                before = taken;
            }
        }
    }

    private static boolean isChosen(InetAddress source) {
        return source.getAddress()[1] == 3;
    }

    private static double others(Map<InetAddress, Integer> taken) {
        return taken.entrySet().stream()
                .filter(one -> !isChosen(one.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    private static double least(Split split, Map<InetAddress, Integer> taken) {
        return bound(split, taken, -3.29);
    }

    private static double most(Split split, Map<InetAddress, Integer> taken) {
        return bound(split, taken, 3.29);
    }

    /** What a binomial distribution keeps within in 99.9% of all cases. */
    private static double bound(Split split, Map<InetAddress, Integer> taken, double deviations) {
        long count = taken.keySet().stream().filter(source -> !isChosen(source)).count();
        double share = split.share().others().hundredths() / (double) Percentage.ALL;
        return count * share + deviations * Math.sqrt(count * share * (1 - share));
    }

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void doorsComeFirstAndConnectionsAreSpreadOnEitherSide(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 5);
                Door door = Door.open(group.address(), Door.target(group.address()))) {
            Choice choice =
                    Choice.among(0, 1).withCanary(List.of(2, 3), split("100%")).withDoors(Map.of(door.source(), 4));
            group.held(0).steer(choice);
            SocketChannel through = SocketChannel.open();
            through.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            through.bind(door.source()).connect(door.target());
            List<Integer> all = group.served(100);
            assertThat(all.get(0) + all.get(1)).isZero();
            assertThat(all.get(2)).isBetween(30, 70);
            assertThat(all.get(4)).isEqualTo(1);
            group.held(0)
                    .steer(Choice.among(0, 1).withCanary(List.of(2, 3), split("0%", "10.0.0.0/8", "2001:db8::/32")));
            assertThat(group.served(100).subList(2, 5)).containsOnly(0);
            through.close();
        }
    }

    @Test
    void packetsOfOpenQuicConnectionsStayWhereTheyAre() throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_IPV4, 3);
                DatagramChannel client = DatagramChannel.open()) {
            QuicTag tag = new QuicTag(0, 0x01020304);
            group.held(0)
                    .steer(Choice.among(0).withCanary(List.of(1), split("100%")).withTags(Map.of(tag, List.of(2))));
            InetSocketAddress server = new InetSocketAddress("127.0.0.1", group.port());
            client.send(ByteBuffer.wrap(new byte[] {0x40, 1, 2, 3, 4, 5, 6}), server);
            client.send(ByteBuffer.wrap(new byte[] {0x40, 4, 3, 2, 1, 5, 6}), server);
            assertThat(IntStream.range(0, 3).mapToObj(member -> payloads(group, member)))
                    .containsExactly(0, 1, 1);
        }
    }

    private static int payloads(TestGroup group, int member) {
        try {
            return group.payloads(member).size();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void theSplitStaysWhileTheOrderIsAskedForAndTheSignatureIsKnown(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 3);
                Signature signature = new Signature(group.address())) {
            Choice choice = Choice.among(0).withCanary(List.of(1), split("100%"));
            signature.steer(group.held(0), choice);
            List<HeldListener> all = List.of(group.held(0), group.held(1), group.held(2));
            assertThat(GroupOrder.find(all, List.of(0, 1, 2), Optional.of(choice), Optional.of(signature))
                            .places())
                    .hasSize(3);
            assertThat(group.served(20)).containsExactly(0, 20, 0);
            assertThat(signature.isInForce(Map.of(0, group.held(0), 1, group.held(1)), all))
                    .isTrue();
        }
    }

    @Test
    void programThatTheKernelDoesNotTakeIsNamed() throws Exception {
        List<ClientRange> ranges = IntStream.range(0, CanaryShare.MOST_CLIENTS)
                .mapToObj(i -> ClientRange.parse("2001:db8:1:2:3:4:" + Integer.toHexString(i) + ":0/127"))
                .toList();
        Split split =
                new Split(new ServiceName("web"), new GenerationId(7), new CanaryShare(ranges, Percentage.parse("1%")));
        Choice choice = new Choice(IntStream.range(0, 1024).boxed().toList()).withCanary(List.of(1024), split);
        try (TestGroup group = new TestGroup(Kind.TCP_IPV4, 1)) {
            assertThatThrownBy(() -> group.held(0).steer(choice))
                    .isInstanceOf(LinuxException.class)
                    .hasMessageContaining("E2BIG (a program of 46")
                    .hasMessageContaining("instructions, and the kernel takes 4096: too many workers, and ranges of"
                            + " clients, for one group)");
            assertThat(SteeringProgram.of(choice, Transport.TCP, Chooser.RANDOM).instructions())
                    .hasSizeGreaterThan(SteeringProgram.MOST_INSTRUCTIONS);
        }
    }
}
