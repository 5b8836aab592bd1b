package dev.handover.supervisor.terms;

import java.time.Duration;

/**
 * How often to look at what nobody tells of: at first soon, then ever less often, and never so that looking takes more than
 * a part of all time.
 */
public final class Pace {
    private final long firstNanos;
    private final long longestNanos;
    private final int share;
    private long nextNanos;

    /**
     * @param first the first pause
     * @param longest each pause is twice the one before, up to this
     * @param share of all time, at most one part in so many is spent looking, however long one look takes
     */
    public Pace(Duration first, Duration longest, int share) {
        this.firstNanos = first.toNanos();
        this.longestNanos = longest.toNanos();
        this.share = share;
        this.nextNanos = firstNanos;
    }

    /** Begins anew: the first pause, in nanoseconds. */
    public long first() {
        nextNanos = firstNanos;
        return next();
    }

    /** The pause after a look that took so long, in nanoseconds. */
    public long after(long lookNanos) {
        return Math.max(next(), (share - 1) * lookNanos);
    }

    private long next() {
        long pause = nextNanos;
        nextNanos = Math.min(longestNanos, pause * 2);
        return pause;
    }
}
