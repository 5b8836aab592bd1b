package dev.handover.chaos.faults;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The steps that the round's handover has come to; blows wait for them. */
final class Steps {
    private final Map<Step, Double> reached = new EnumMap<>(Step.class);
    private boolean isOver;

    synchronized void reach(Step step, double atSeconds) {
        if (reached.putIfAbsent(step, atSeconds) == null) {
            notifyAll();
        }
    }

    /** No more will be reached. */
    synchronized void end() {
        isOver = true;
        notifyAll();
    }

    /** Waits until a step is reached, or none will be any more; says whether it was. */
    synchronized boolean await(Step step, Duration longest) throws InterruptedException {
        long until = System.nanoTime() + longest.toNanos();
        while (!reached.containsKey(step) && !isOver) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return reached.containsKey(step);
    }

    synchronized @Nullable Double at(Step step) {
        return reached.get(step);
    }
}
