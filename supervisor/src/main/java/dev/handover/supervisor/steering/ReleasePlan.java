package dev.handover.supervisor.steering;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How members leave a group so that its program is right before and after each step.
 *
 * <p>A member that leaves draws the last one into its place. That is harmless where the last one is the leaving one, or
 * does not serve. Where it serves, the program does without it meanwhile; that takes another member that serves and, for
 * UDP, would move flows. Each program costs (see the count in the ledger), so it does without half of them at a time. What can't leave so is {@link #kept}: sealed, it holds a place until the next generation's
 * listeners have joined behind it, and those, not serving yet, can be moved.
 *
 * @param steps in order; the last program is that of all serving members
 * @param kept who stays for now
 */
record ReleasePlan<M>(List<Step<M>> steps, Set<M> kept) {
    ReleasePlan {
        steps = List.copyOf(steps);
        kept = Set.copyOf(kept);
    }

    /**
     * @param order the group as it is now, its program choosing among {@code serving}; it is left as it is
     * @param serving who takes new connections; empty if the group has no program to keep right
     * @param leaving none of them serves
     * @param flows whether a flow must stay with its member all the time, as UDP's must
     */
    static <M> ReleasePlan<M> of(Order<M> order, List<M> serving, Set<M> leaving, boolean flows) {
        if (serving.stream().anyMatch(leaving::contains)) {
            throw new IllegalArgumentException("who leaves does not serve: " + leaving + " of " + serving);
        }
        Order<M> now = order.copy();
        Set<M> left = new LinkedHashSet<>(leaving);
        List<Step<M>> steps = new ArrayList<>();
        List<M> program = serving;
        while (!left.isEmpty()) {
            M last = now.last();
            M next = left.contains(last) ? last : lowest(now, left);
            if (!next.equals(last) && program.contains(last)) {
                if (isOnlyAfter(now, next, serving) && (serving.size() == 1 || !flows)) {
                    // Wherever the last one goes: all that remain serve.
                    program = List.of();
                } else if (!flows && serving.size() > 1) {
                    Set<M> moved = nextToMove(now, left, serving);
                    program = serving.stream()
                            .filter(member -> !moved.contains(member))
                            .toList();
                    steps.add(new Step.Steer<>(program));
                } else {
                    break;
                }
            }
            steps.add(new Step.Leave<>(next));
            now.leave(next);
            left.remove(next);
        }
        if (!program.equals(serving)) {
            steps.add(new Step.Steer<>(serving));
        }
        return new ReleasePlan<>(steps, left);
    }

    private static <M> M lowest(Order<M> order, Set<M> members) {
        return order.members().stream().filter(members::contains).findFirst().orElseThrow();
    }

    /** Those that serve and are moved first, as many at a time as the others can do without: half of them. */
    private static <M> Set<M> nextToMove(Order<M> order, Set<M> leaving, List<M> serving) {
        Order<M> now = order.copy();
        Set<M> left = new LinkedHashSet<>(leaving);
        Set<M> moved = new LinkedHashSet<>();
        while (!left.isEmpty() && moved.size() < (serving.size() + 1) / 2) {
            M last = now.last();
            M next = left.contains(last) ? last : lowest(now, left);
            if (!next.equals(last) && serving.contains(last)) {
                moved.add(last);
            }
            now.leave(next);
            left.remove(next);
        }
        return moved;
    }

    private static <M> boolean isOnlyAfter(Order<M> order, M leaving, List<M> serving) {
        Order<M> after = order.copy();
        after.leave(leaving);
        return after.isOnly(serving);
    }
}
