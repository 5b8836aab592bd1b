package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.RestartSpec;
import java.util.ArrayDeque;
import java.util.Deque;

/** How often a worker may be started again; each restart counts, whatever ended it. */
final class RestartLimit {
    private final RestartSpec spec;
    /** When it was decided on those that count, on the monotonic clock; the earliest first. */
    private final Deque<Long> restarts = new ArrayDeque<>();

    RestartLimit(RestartSpec spec) {
        this.spec = spec;
    }

    /** Whether there may be one more now; if so it counts. */
    boolean allows(long now) {
        if (spec.most().isEmpty()) {
            return true;
        }
        while (!restarts.isEmpty()
                && now - restarts.peekFirst() >= spec.within().toNanos()) {
            restarts.removeFirst();
        }
        boolean allowed = restarts.size() < spec.most().getAsInt();
        if (allowed) {
            restarts.addLast(now);
        }
        return allowed;
    }

    /** For people; only where there is a limit. */
    @Override
    public String toString() {
        return Counts.text(spec.most().orElseThrow(), "restart") + " within " + Durations.text(spec.within());
    }
}
