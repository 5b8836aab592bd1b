package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderTest {
    private static final int DEPTH = 10;

    @Test
    void everySequenceOfJoinsAndLeavesFollowsTheKernelsRule() {
        assertThat(sequences(new Order<>(List.of()), List.of(), DEPTH, 0)).isGreaterThan(1000);
    }

    /** The rule, spelled out on plain lists: a newcomer stands last; the last takes the place of who leaves. */
    private static int sequences(Order<Integer> order, List<Integer> expected, int depth, int next) {
        assertThat(order.members()).isEqualTo(expected);
        assertThat(order.indices(expected))
                .isEqualTo(java.util.stream.IntStream.range(0, expected.size())
                        .boxed()
                        .toList());
        if (depth == 0) {
            return 1;
        }
        int count = 0;
        List<Integer> joined = new ArrayList<>(expected);
        joined.add(next);
        count += sequences(joined(order, next), joined, depth - 1, next + 1);
        for (int index = 0; index < expected.size(); index++) {
            List<Integer> left = new ArrayList<>(expected.subList(0, expected.size() - 1));
            if (index < left.size()) {
                left.set(index, expected.get(expected.size() - 1));
            }
            Order<Integer> smaller = order.copy();
            smaller.leave(expected.get(index));
            count += sequences(smaller, left, depth - 1, next);
        }
        return count;
    }

    /** Who joins stands at the end, and is seen there when the kernel is asked. */
    static <M> Order<M> joined(Order<M> order, M newcomer) {
        List<M> members = new ArrayList<>(order.members());
        members.add(newcomer);
        return new Order<>(members);
    }

    @Test
    void strayMembersAreRefused() {
        Order<String> order = new Order<>(List.of("a", "b"));
        assertThatThrownBy(() -> order.leave("c")).hasMessage("no member: c");
        assertThatThrownBy(() -> order.indices(List.of("a", "c"))).hasMessage("no member: c");
        assertThatThrownBy(() -> new Order<>(List.of("a", "a"))).isInstanceOf(IllegalArgumentException.class);
        assertThat(order.members()).containsExactly("a", "b");
    }
}
