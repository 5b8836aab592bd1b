package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(300)
class GroupOrderTest {
    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#udp")
    void filterOfAWorkersOwnIsNeverReplacedAndTheOthersAreLeftAsTheyWere(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 2)) {
            Fd own = group.held(1).fd();
            ReuseportGroup.attach(own, "SO_ATTACH_FILTER", Abi.SO_ATTACH_FILTER, List.of(Instruction.returns(-1)));
            assertThatThrownBy(() -> GroupOrder.find(
                            List.of(group.held(0), group.held(1)), List.of(0, 1), Optional.empty(), Optional.empty()))
                    .hasMessageStartingWith("held udp://")
                    .hasMessageContaining("its worker has set a filter on it");
            assertThat(filterLength(own)).isEqualTo(1);
            assertThat(filterLength(group.held(0).fd())).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneProgramPlacesAllAndOneMoreIsTheOneBefore(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 5)) {
            GroupOrder.Found found = find(group);
            assertPlaces(group, found);
            assertThat(found.programs()).isEqualTo(2);
        }
    }

    @Test
    void aLargeGroupTakesAProgramForAsManyAsAPacketCanName() throws Exception {
        try (TestGroup group = new TestGroup(Kind.TCP_IPV4, 70)) {
            GroupOrder.Found found = find(group);
            assertPlaces(group, found);
            assertThat(found.programs()).isEqualTo(3);
        }
    }

    private static GroupOrder.Found find(TestGroup group) throws IOException {
        List<Integer> all = IntStream.range(0, group.size()).boxed().toList();
        return GroupOrder.find(
                all.stream().map(group::held).toList(), all, Optional.of(Choice.among(0)), Optional.empty());
    }

    private static void assertPlaces(TestGroup group, GroupOrder.Found found) {
        for (int i = 0; i < group.size(); i++) {
            assertThat(found.places().get(i)).isSameAs(group.held(i));
        }
    }

    private static int filterLength(Fd socket) throws LinuxException {
        return SocketOptions.length(socket, "SO_GET_FILTER", Abi.SOL_SOCKET, Abi.SO_GET_FILTER);
    }
}
