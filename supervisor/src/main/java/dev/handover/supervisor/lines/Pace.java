package dev.handover.supervisor.lines;

import java.time.Duration;

/**
 * How fast one may go on who does the same thing again and again, or several of them together: a second's worth at once, and
 * then steadily.
 */
public final class Pace {
    private static final long BURST = Duration.ofSeconds(1).toNanos();

    private final long each;
    private long due;

    /** @param now on the monotonic clock, in nanoseconds */
    public Pace(int aSecond, long now) {
        this.each = BURST / aSecond;
        this.due = now - BURST;
    }

    /** Counts one more, and returns for how many nanoseconds he has to wait for it. */
    public synchronized long next(long now) {
        if (now - due > BURST) {
            due = now - BURST;
        }
        due += each;
        return Math.max(0, due - now);
    }
}
