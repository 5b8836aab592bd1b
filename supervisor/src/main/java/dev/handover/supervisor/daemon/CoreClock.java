package dev.handover.supervisor.daemon;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The core's clock. It stands still while the whole process does, stopped, frozen or at a disk that hangs: nothing that happened
 * meanwhile has been heard, so that whoever spoke in time would be late for a deadline that passed.
 */
final class CoreClock {
    /** A thread that wants to run is late by that much on any busy machine. */
    static final long SLACK = Duration.ofMillis(250).toNanos();

    private final LongSupplier monotonic;
    private long read;
    private long now;

    /** @param monotonic in nanoseconds, such as System.nanoTime */
    CoreClock(LongSupplier monotonic) {
        this.monotonic = monotonic;
        this.read = monotonic.getAsLong();
    }

    /**
     * Goes on by the time since it was last read, but by no more than what was planned and some slack.
     *
     * @param planned the longest wait since, in nanoseconds; Long.MAX_VALUE for one without an end
     * @return the time since it was made, in nanoseconds, without that of standstills
     */
    long advance(long planned) {
        long monotonicNow = monotonic.getAsLong();
        now += Math.min(monotonicNow - read, Math.max(planned, planned + SLACK)); // the sum may overflow
        read = monotonicNow;
        return now;
    }
}
