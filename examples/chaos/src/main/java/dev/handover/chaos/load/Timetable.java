package dev.handover.chaos.load;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** When each attempt is due, in nanoseconds of {@link System#nanoTime()}: evenly spread, whatever became of the others. */
final class Timetable {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long start;
    private final double rate;
    private final long total;
    private final BooleanSupplier goesOn;
    private long next;

    /** @param goesOn whether more are due when the duration is over; once it says no, it does for good */
    Timetable(long start, double rate, Duration duration, BooleanSupplier goesOn) {
        this.start = start;
        this.rate = rate;
        this.goesOn = goesOn;
        this.total = Math.max(1, (long) Math.floor(rate * duration.toNanos() / NANOS_PER_SECOND + 1e-9));
    }

    /** How many attempts were begun, or skipped. */
    long begun() {
        return next;
    }

    boolean isDone() {
        return next >= total && !goesOn.getAsBoolean();
    }

    /** What goes on beyond the duration makes up for nothing: else a machine that is slow gets the more to do. */
    void skipMissed(long now) {
        if (next >= total && nextDue() < now) {
            next = Math.max(next, (long) ((now - start) * rate / NANOS_PER_SECOND)); // one is due at once
        }
    }

    /** The time of the next attempt; only while not {@link #isDone() done}. */
    long nextDue() {
        return start + (long) (next * (NANOS_PER_SECOND / rate));
    }

    void advance() {
        next++;
    }
}
