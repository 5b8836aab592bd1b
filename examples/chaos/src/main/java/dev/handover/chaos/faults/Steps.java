package dev.handover.chaos.faults;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** The steps that the round's handover has come to; blows wait for them. */
final class Steps {
    private final Set<Step> reached = EnumSet.noneOf(Step.class);
    private boolean isOver;

    synchronized void reach(Step step) {
        if (reached.add(step)) {
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
        while (!reached.contains(step) && !isOver) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return reached.contains(step);
    }

    synchronized boolean areOver() {
        return isOver;
    }
}
