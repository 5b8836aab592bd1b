package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every group up to a size, and every part that its members can play in it, against the kernel's rule spelled out here. */
class ReleasePlanTest {
    private static final int LARGEST = 6;

    /** The kernel's rule once more, on an array, so that an error in {@link Order} does not hide itself. */
    private static final class Kernel {
        private int[] members;
        private List<Integer> program = List.of();

        Kernel(int size) {
            members = new int[size];
            for (int i = 0; i < size; i++) {
                members[i] = i;
            }
        }

        void program(List<Integer> indices) {
            program = indices;
        }

        void leave(int member) {
            int[] left = new int[members.length - 1];
            for (int i = 0; i < left.length; i++) {
                left[i] = members[i] == member ? members[members.length - 1] : members[i];
            }
            members = left;
        }

        /** Whom the program's slots can reach now. */
        List<Set<Integer>> reached() {
            List<Set<Integer>> slots = new ArrayList<>();
            for (int index : program) {
                Set<Integer> reached = new HashSet<>();
                if (index < members.length) {
                    reached.add(members[index]);
                } else {
                    for (int member : members) {
                        reached.add(member);
                    }
                }
                slots.add(reached);
            }
            return slots;
        }
    }

    private enum Part {
        SERVES,
        LEAVES,
        STANDS_BY
    }

    @Test
    void noStepOfAnyPlanReachesAnybodyButWhoServes() {
        everyCase(LARGEST, (serving, leaving, size) -> {
            play(size, serving, leaving, false);
        });
    }

    @Test
    void everyFlowStaysWithItsMemberThroughEveryStep() {
        everyCase(LARGEST, (serving, leaving, size) -> {
            play(size, serving, leaving, true);
        });
    }

    @Test
    void placesThatTheReleasedHoldNeverOutgrowOneGeneration() {
        for (boolean flows : new boolean[] {false, true}) {
            for (int code = 0; code < 5 * 5 * 5 * 5; code++) {
                List<Integer> counts = List.of(code % 5 + 1, code / 5 % 5 + 1, code / 25 % 5 + 1, code / 125 + 1);
                reload(counts, flows);
            }
        }
    }

    /** One handover after the other, between generations of these sizes again and again. */
    private static void reload(List<Integer> counts, boolean flows) {
        int largest = counts.stream().mapToInt(Integer::intValue).max().orElseThrow();
        Order<Integer> group = new Order<>(List.of());
        List<Integer> serving = List.of();
        Set<Integer> kept = new LinkedHashSet<>();
        for (int generation = 0; generation < 3 * counts.size(); generation++) {
            List<Integer> newcomers = new ArrayList<>();
            for (int i = 0; i < counts.get(generation % counts.size()); i++) {
                newcomers.add(100 * generation + i);
                group = OrderTest.joined(group, 100 * generation + i);
            }
            kept = release(group, serving, kept, flows);
            kept.addAll(serving);
            serving = newcomers;
            kept = release(group, serving, kept, flows);
            assertThat(kept.size())
                    .as("%s kept of %s, generations of %s workers", kept, group, counts)
                    .isLessThanOrEqualTo(flows || serving.size() == 1 ? largest : 0);
        }
    }

    private static Set<Integer> release(
            Order<Integer> order, List<Integer> serving, Set<Integer> leaving, boolean flows) {
        ReleasePlan<Integer> plan = ReleasePlan.of(order, serving, leaving, flows);
        for (Step<Integer> step : plan.steps()) {
            if (step instanceof Step.Leave<Integer> leave) {
                order.leave(leave.member());
            }
        }
        return new LinkedHashSet<>(plan.kept());
    }

    @Test
    void membersThatServeTogetherLetEverybodyLeave() {
        everyCase(LARGEST, (serving, leaving, size) -> {
            if (serving.size() != 1) {
                assertThat(ReleasePlan.of(group(size), serving, leaving, false).kept())
                        .isEmpty();
            }
        });
    }

    @Test
    void oneForOneIsASingleStepAndAProgramForThePlaceAfterIt() {
        assertThat(ReleasePlan.of(group(2), List.of(1), Set.of(0), true).steps())
                .containsExactly(new Step.Leave<>(0), new Step.Steer<>(List.of(1)));
    }

    @Test
    void whoServesCannotLeave() {
        assertThatThrownBy(() -> ReleasePlan.of(group(2), List.of(1), Set.of(1), true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private interface Case {
        void check(List<Integer> serving, Set<Integer> leaving, int size);
    }

    private static void everyCase(int largest, Case check) {
        for (int size = 1; size <= largest; size++) {
            for (int code = 0; code < Math.pow(3, size); code++) {
                List<Integer> serving = new ArrayList<>();
                Set<Integer> leaving = new LinkedHashSet<>();
                for (int member = 0, rest = code; member < size; member++, rest /= 3) {
                    switch (Part.values()[rest % 3]) {
                        case SERVES -> serving.add(member);
                        case LEAVES -> leaving.add(member);
                        case STANDS_BY -> {}
                    }
                }
                check.check(serving, leaving, size);
            }
        }
    }

    private static void play(int size, List<Integer> serving, Set<Integer> leaving, boolean flows) {
        String about = size + " members, serving " + serving + ", leaving " + leaving;
        Order<Integer> group = group(size);
        Kernel kernel = new Kernel(size);
        kernel.program(group.indices(serving));
        ReleasePlan<Integer> plan = ReleasePlan.of(group, serving, leaving, flows);
        expect(kernel, serving, flows, about);
        Set<Integer> left = new HashSet<>(leaving);
        for (Step<Integer> step : plan.steps()) {
            if (step instanceof Step.Steer<Integer> steer) {
                kernel.program(group.indices(steer.members()));
            } else if (step instanceof Step.Leave<Integer> leave) {
                kernel.leave(leave.member());
                group.leave(leave.member());
                left.remove(leave.member());
            }
            expect(kernel, serving, flows, about + ", after " + step + " of " + plan);
        }
        assertThat(left).as(about).isEqualTo(plan.kept());
        assertThat(kernel.program).as(about).isEqualTo(group.indices(serving));
    }

    private static void expect(Kernel kernel, List<Integer> serving, boolean flows, String about) {
        List<Set<Integer>> reached = kernel.reached();
        reached.forEach(one -> assertThat(serving).as(about).containsAll(one));
        if (flows) {
            List<Set<Integer>> own = serving.stream().map(Set::of).toList();
            assertThat(reached).as(about).isEqualTo(own);
        }
    }

    private static Order<Integer> group(int size) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            order.add(i);
        }
        return new Order<>(order);
    }
}
