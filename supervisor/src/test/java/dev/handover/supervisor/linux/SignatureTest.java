package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class SignatureTest {
    private static boolean isInForce(Signature signature, TestGroup group) throws Exception {
        return signature.isInForce(
                Map.of(0, group.held(0), 2, group.held(2)), List.of(group.held(0), group.held(1), group.held(2)));
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_IPV4", "TCP_IPV6", "TCP_DUAL_STACK", "TCP_MAPPED"})
    void ownProgramIsToldFromEveryOther(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 3);
                Signature signature = new Signature(group.address());
                Signature another = new Signature(group.address())) {
            assertThat(isInForce(signature, group)).as("without a program").isFalse();
            signature.steer(group.held(0), Choice.among(1, 2));
            assertThat(isInForce(signature, group)).isTrue();
            for (int index = 0; index < 3; index++) {
                group.held(0).steer(Choice.among(index));
                assertThat(isInForce(signature, group)).as("all to " + index).isFalse();
            }
            another.steer(group.held(0), Choice.among(1));
            assertThat(isInForce(signature, group)).as("another supervisor's").isFalse();

            signature.steer(group.held(0), Choice.among(1, 2));
            group.held(0).seal();
            assertThat(isInForce(signature, group)).as("with a sealed member").isTrue();
            assertThat(group.served(20).get(0))
                    .as("clients go where they should")
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_IPV4", "TCP_IPV6", "TCP_DUAL_STACK", "TCP_MAPPED"})
    void neitherWorkersNorClientsSeeItAsked(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 3);
                Signature signature = new Signature(group.address())) {
            LeastHops.set(group.held(2).fd(), group.address(), 7);
            signature.steer(group.held(0), Choice.among(0, 1, 2));
            assertThat(isInForce(signature, group)).isTrue();
            assertThat(LeastHops.get(group.held(2).fd(), group.address())).isEqualTo(7);
            for (int index = 0; index < 3; index++) {
                assertThat(group.held(index).backlog().waiting()).isZero();
            }
            assertThat(group.served(60).stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(60);
        }
    }
}
