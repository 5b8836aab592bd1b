package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.terms.ListenAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups whose clients a more particular socket takes, or some of them. */
@Timeout(300)
class ReachTest {
    @ParameterizedTest
    @CsvSource({
        "TCP_ANY_IPV4, TCP_IPV4, true",
        "TCP_ANY_IPV4, TCP_MAPPED, true",
        "TCP_DUAL_STACK, TCP_IPV6, true",
        "TCP_DUAL_STACK, TCP_IPV4, true",
        "TCP_DUAL_STACK, TCP_ANY_IPV4, true",
        "TCP_MAPPED, TCP_IPV4, true",
        "TCP_IPV4, TCP_MAPPED, false",
        "TCP_IPV4, TCP_ANY_IPV4, false",
        "UDP_ANY_IPV4, UDP_IPV4, true",
        "UDP_DUAL_STACK, UDP_IPV6, true",
        "UDP_MAPPED, UDP_IPV4, true",
    })
    void whoTakesAGroupsClientsIsToldAsTheKernelLeadsThem(Kind kind, Kind other, boolean takes) throws Exception {
        try (TestGroup group = new TestGroup(kind, 1);
                TestGroup rival = new TestGroup(other, 1, group.port())) {
            assertThat(rival.held(0).socket().takesClientsOf(group.address())).isEqualTo(takes);
            assertThat(group.held(0).socket().takesClientsOf(group.address())).isFalse();
            assertThat(rival.served(3)).as("what the kernel does").containsExactly(takes ? 3 : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TCP_ANY_IPV4, TCP_IPV4",
        "TCP_ANY_IPV4, TCP_MAPPED",
        "TCP_DUAL_STACK, TCP_IPV6",
        "TCP_DUAL_STACK, TCP_ANY_IPV4",
        "UDP_ANY_IPV4, UDP_IPV4",
        "UDP_DUAL_STACK, UDP_IPV6",
    })
    void membersOfAWildcardArePlacedWhereOthersDoNotTakeThePackets(Kind kind, Kind other) throws Exception {
        try (TestGroup group = new TestGroup(kind, 3);
                TestGroup rival = new TestGroup(other, 1, group.port())) {
            List<HeldListener> held = List.of(group.held(0), group.held(1), group.held(2));
            GroupOrder.Found found =
                    GroupOrder.find(held, IntStream.range(0, 3).boxed().toList(), Optional.empty(), Optional.empty());
            assertThat(found.places()).isEqualTo(Map.of(0, held.get(0), 1, held.get(1), 2, held.get(2)));
            assertThat(rival.held(0).backlog().waiting()).isZero();
        }
    }

    @Test
    void signatureIsStillToldWhenAMoreParticularListenerComes() throws Exception {
        try (TestGroup group = new TestGroup(Kind.TCP_ANY_IPV4, 3);
                Signature signature = new Signature(group.address())) {
            List<HeldListener> held = List.of(group.held(0), group.held(1), group.held(2));
            Map<Integer, HeldListener> asked = Map.of(0, held.get(0), 2, held.get(2));
            signature.steer(held.get(0), Choice.among(1, 2));
            try (TestGroup rival = new TestGroup(Kind.TCP_IPV4, 1, group.port())) {
                assertThat(Reach.of(group.address()).getAddress())
                        .isNotEqualTo(rival.address().address());
                assertThat(signature.isInForce(asked, held)).isTrue();
                held.get(0).steer(Choice.among(1));
                assertThat(signature.isInForce(asked, held)).isFalse();
            }
        }
    }

    @Test
    void groupThatNoPacketReachesIsNotSaidToHaveAnothersProgram() throws Exception {
        try (TestGroup group = new TestGroup(Kind.TCP_MAPPED, 2);
                Signature signature = new Signature(group.address())) {
            List<HeldListener> held = List.of(group.held(0), group.held(1));
            signature.steer(held.get(0), Choice.among(1));
            try (TestGroup rival = new TestGroup(Kind.TCP_IPV4, 1, group.port())) {
                assertThatThrownBy(() -> signature.isInForce(Map.of(0, held.get(0)), held))
                        .isInstanceOf(Unreached.class)
                        .hasMessageContaining("goes to another socket, " + rival.address());
                assertThatThrownBy(() -> Reach.of(group.address())).isInstanceOf(Unreached.class);
            }
            assertThat(signature.isInForce(Map.of(0, held.get(0), 1, held.get(1)), held))
                    .as("once it has gone")
                    .isTrue();
        }
    }

    @Test
    void wildcardOfIpv6AloneIsReachedAtAnotherAddressOfThisHostOrNotAtAll() throws Exception {
        ListenAddress one;
        try (TestGroup rival = new TestGroup(Kind.TCP_IPV6, 1)) {
            one = ListenAddress.parse("tcp://[::]:" + rival.port());
            try {
                assertThat(Reach.of(one).getAddress()).isNotEqualTo(InetAddress.getByName("::1"));
            } catch (Unreached onlyLoopback) {
                assertThat(onlyLoopback).hasMessageContaining("tcp://[::1]:" + rival.port());
            }
        }
        assertThat(Reach.of(one).getAddress()).isEqualTo(InetAddress.getByName("::1"));
    }
}
