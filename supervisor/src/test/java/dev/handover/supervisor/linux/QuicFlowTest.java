package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.QuicTag;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets with QUIC's invariant headers (RFC 8999), against the program in the kernel that runs. */
@Timeout(60)
class QuicFlowTest {
    private static final int INITIAL = 0xc0;
    private static final int HANDSHAKE = 0xe0;
    private static final int SHORT = 0x40;
    private static final int VERSION = 1;

    private static final int OLD = 0x8badf00d;
    private static final int OTHER = 0x00000701;

    /** Members 0 and 1 leave, 2 and 3 serve. */
    private static Choice choice(int offset) {
        return Choice.among(2, 3)
                .withTags(Map.of(new QuicTag(offset, OLD), List.of(0), new QuicTag(offset, OTHER), List.of(1)));
    }

    private static byte[] id(int length, int offset, int tag) {
        return ByteBuffer.allocate(Math.max(length, offset + QuicTag.BYTES))
                .putInt(offset, tag)
                .array();
    }

    private static byte[] shortPacket(byte[] id) {
        return ByteBuffer.allocate(1 + id.length + 20).put((byte) SHORT).put(id).array();
    }

    private static byte[] longPacket(int type, int idLength, byte[] id) {
        return ByteBuffer.allocate(6 + id.length + 20)
                .put((byte) type)
                .putInt(VERSION)
                .put((byte) idLength)
                .put(id)
                .array();
    }

    /** The members that get a packet from each of some clients. */
    private static Set<Integer> taking(TestGroup group, Kind kind, byte[] packet) throws IOException {
        Set<Integer> members = new TreeSet<>();
        for (int client = 0; client < 20; client++) {
            try (DatagramChannel channel = DatagramChannel.open(kind.clientFamily())) {
                channel.send(ByteBuffer.wrap(packet), new InetSocketAddress(kind.clientAddress(), group.port()));
            }
        }
        for (int member = 0; member < group.size(); member++) {
            if (!group.payloads(member).isEmpty()) {
                members.add(member);
            }
        }
        return members;
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP_IPV4", "UDP_IPV6", "UDP_DUAL_STACK", "UDP_MAPPED"})
    void packetsGoWhereTheirConnectionIdsTagLeadsWhateverAddressTheyComeFrom(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 4)) {
            group.held(0).steer(choice(0));
            assertThat(taking(group, kind, shortPacket(id(20, 0, OLD)))).containsExactly(0);
            assertThat(taking(group, kind, shortPacket(id(4, 0, OTHER)))).containsExactly(1);
            assertThat(taking(group, kind, longPacket(HANDSHAKE, 20, id(20, 0, OTHER))))
                    .containsExactly(1);
            // With its coalesced handshake, the client's second Initial is one.
            assertThat(taking(group, kind, longPacket(INITIAL, 8, id(8, 0, OLD))))
                    .containsExactly(0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP_IPV4", "UDP_IPV6", "UDP_DUAL_STACK", "UDP_MAPPED"})
    void allOthersAreSpreadOverThoseThatServe(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 4)) {
            group.held(0).steer(choice(0));
            assertThat(taking(group, kind, longPacket(INITIAL, 8, id(8, 0, OLD + 1))))
                    .containsExactly(2, 3);
            assertThat(taking(group, kind, shortPacket(id(20, 0, OTHER << 8)))).containsExactly(2, 3);
            // The four bytes stand elsewhere.
            assertThat(taking(group, kind, shortPacket(id(20, 4, OLD)))).containsExactly(2, 3);
        }
    }

    /** What can't be read of a packet is index 0 to the kernel, which leaves here. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, 5, 6, 9})
    void packetThatIsTooShortForATagGoesToThoseThatServe(int length) throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_IPV4, 4)) {
            group.held(0).steer(choice(0));
            byte[] whole = longPacket(INITIAL, 20, id(20, 0, OLD));
            assertThat(taking(group, Kind.UDP_IPV4, Arrays.copyOf(whole, length)))
                    .containsExactly(2, 3);
            byte[] little = Arrays.copyOf(shortPacket(id(20, 0, OLD)), Math.min(length, 4));
            assertThat(taking(group, Kind.UDP_IPV4, little)).containsExactly(2, 3);
        }
    }

    @Test
    void whatStandsBehindAShortIdIsNoTag() throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_IPV4, 4)) {
            group.held(0).steer(choice(8));
            assertThat(taking(group, Kind.UDP_IPV4, longPacket(INITIAL, 8, id(20, 8, OLD))))
                    .containsExactly(2, 3);
            assertThat(taking(group, Kind.UDP_IPV4, longPacket(INITIAL, 12, id(12, 8, OLD))))
                    .containsExactly(0);
            assertThat(taking(group, Kind.UDP_IPV4, shortPacket(id(12, 8, OLD))))
                    .containsExactly(0);
        }
    }

    @Test
    void generationsMayHaveTheirTagsAtDifferentBytes() throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_IPV4, 4)) {
            group.held(0)
                    .steer(Choice.among(2, 3)
                            .withTags(Map.of(new QuicTag(0, OLD), List.of(0), new QuicTag(16, OTHER), List.of(1))));
            assertThat(taking(group, Kind.UDP_IPV4, shortPacket(id(20, 0, OLD))))
                    .containsExactly(0);
            assertThat(taking(group, Kind.UDP_IPV4, shortPacket(id(20, 16, OTHER))))
                    .containsExactly(1);
            assertThat(taking(group, Kind.UDP_IPV4, shortPacket(id(8, 0, OLD)))).containsExactly(0);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP_IPV4", "UDP_IPV6", "UDP_DUAL_STACK"})
    void flowsOfAWorkerWithSeveralSocketsAreSpreadOverThese(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 4)) {
            group.held(0)
                    .steer(Choice.among(3)
                            .withTags(Map.of(new QuicTag(0, OLD), List.of(0, 2), new QuicTag(0, OTHER), List.of(1))));
            assertThat(taking(group, kind, shortPacket(id(8, 0, OLD)))).containsExactly(0, 2);
            assertThat(taking(group, kind, shortPacket(id(8, 0, OTHER)))).containsExactly(1);
            assertThat(taking(group, kind, shortPacket(id(8, 0, 0)))).containsExactly(3);
        }
    }

    @Test
    void theKernelTakesAProgramWithAsManyTagsAsThereMayBe() throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_DUAL_STACK, 2)) {
            Map<QuicTag, List<Integer>> tags = new HashMap<>();
            for (int value = 1; value <= Choice.MOST_TAGGED / 2; value++) {
                tags.put(new QuicTag(value % 2 * 16, value * 0x01010101), List.of(0, 600 + value));
            }
            group.held(0).steer(new Choice(IntStream.range(1, 600).boxed().toList()).withTags(tags));
        }
    }

    @Test
    void theLastDatagramThatWasReadIsKnown() throws Exception {
        try (TestGroup group = new TestGroup(Kind.UDP_IPV4, 1)) {
            HeldListener held = group.held(0);
            assertThat(held.lastRead()).isZero();
            group.served(1);
            long first = held.lastRead();
            assertThat(first).isNotZero();
            assertThat(held.lastRead()).isEqualTo(first);
            group.served(1);
            assertThat(held.lastRead()).isNotEqualTo(first);
        }
    }
}
