package dev.handover.supervisor.http;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.Selection;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Those who follow what happens: so many at a time, and no more once they are ended. */
final class Followers {
    /** They have places of their own, each with two threads. */
    static final int MOST = 8;

    private final Set<Following> there = new HashSet<>();
    private boolean ended;

    /** @return empty where there are as many as there may be, or nobody may follow any more */
    synchronized Optional<Following> enter(Chronicle chronicle, Selection selection) {
        if (ended || there.size() >= MOST) {
            return Optional.empty();
        }
        Following one = new Following(chronicle, selection, this::leave);
        there.add(one);
        return Optional.of(one);
    }

    private synchronized void leave(Following one) {
        there.remove(one);
        notifyAll();
    }

    /**
     * Each is told what has happened by now, and why that is the last.
     *
     * @param most how long those are waited for who don't take it
     */
    synchronized void end(String why, Duration most) {
        ended = true;
        there.forEach(one -> one.end(why));
        long until = System.nanoTime() + most.toNanos();
        try {
            for (long left = most.toNanos(); !there.isEmpty() && left > 0; left = until - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
