package dev.handover.chaos.load;

import java.time.Duration;

/** When each attempt is due, in nanoseconds of {@link System#nanoTime()}: evenly spread, whatever became of the others. */
final class Timetable {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long start;
    private final double rate;
    private final long total;
    private long next;

    Timetable(long start, double rate, Duration duration) {
        this.start = start;
        this.rate = rate;
        this.total = Math.max(1, (long) Math.floor(rate * duration.toNanos() / NANOS_PER_SECOND + 1e-9));
    }

    /** How many attempts were begun. */
    long begun() {
        return next;
    }

    long total() {
        return total;
    }

    boolean isDone() {
        return next == total;
    }

    /** The time of the next attempt; only while not {@link #isDone() done}. */
    long nextDue() {
        return start + (long) (next * (NANOS_PER_SECOND / rate));
    }

    void advance() {
        next++;
    }
}
