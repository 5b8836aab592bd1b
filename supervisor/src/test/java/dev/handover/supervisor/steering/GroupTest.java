package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupTest {
    private static final int DEPTH = 10;

    @Test
    void everySequenceOfJoinsAndLeavesFollowsTheKernelsRule() {
        assertThat(sequences(new Group<>(List.of()), List.of(), DEPTH, 0)).isGreaterThan(1000);
    }

    /** The rule, spelled out on plain lists: a newcomer stands last; the last takes the place of who leaves. */
    private static int sequences(Group<Integer> group, List<Integer> expected, int depth, int next) {
        assertThat(group.order()).isEqualTo(expected);
        assertThat(group.indices(expected))
                .isEqualTo(java.util.stream.IntStream.range(0, expected.size())
                        .boxed()
                        .toList());
        if (depth == 0) {
            return 1;
        }
        int count = 0;
        List<Integer> joined = new ArrayList<>(expected);
        joined.add(next);
        Group<Integer> larger = group.copy();
        larger.join(next);
        count += sequences(larger, joined, depth - 1, next + 1);
        for (int index = 0; index < expected.size(); index++) {
            List<Integer> left = new ArrayList<>(expected.subList(0, expected.size() - 1));
            if (index < left.size()) {
                left.set(index, expected.get(expected.size() - 1));
            }
            Group<Integer> smaller = group.copy();
            smaller.leave(expected.get(index));
            count += sequences(smaller, left, depth - 1, next);
        }
        return count;
    }

    @Test
    void strayMembersAreRefused() {
        Group<String> group = new Group<>(List.of("a", "b"));
        assertThatThrownBy(() -> group.leave("c")).hasMessage("no member: c");
        assertThatThrownBy(() -> group.join("a")).hasMessage("a member already: a");
        assertThatThrownBy(() -> new Group<>(List.of("a", "a"))).isInstanceOf(IllegalArgumentException.class);
        assertThat(group.order()).containsExactly("a", "b");
    }
}
