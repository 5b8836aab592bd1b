package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class GroupOrderTest {
    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#udp")
    void filterOfAWorkersOwnIsNeverReplacedAndTheOthersAreLeftAsTheyWere(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 2)) {
            Fd own = group.held(1).fd();
            ReuseportGroup.attach(own, "SO_ATTACH_FILTER", Abi.SO_ATTACH_FILTER, List.of(Instruction.returns(-1)));
            assertThatThrownBy(() ->
                            GroupOrder.find(List.of(group.held(0), group.held(1)), List.of(0, 1), Optional.empty()))
                    .hasMessageStartingWith("held udp://")
                    .hasMessageContaining("its worker has set a filter on it");
            assertThat(filterLength(own)).isEqualTo(1);
            assertThat(filterLength(group.held(0).fd())).isZero();
        }
    }

    private static int filterLength(Fd socket) throws LinuxException {
        return SocketOptions.length(socket, "SO_GET_FILTER", Abi.SOL_SOCKET, Abi.SO_GET_FILTER);
    }
}
