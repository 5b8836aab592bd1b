package dev.handover.supervisor.process;

import java.time.Duration;

/**
 * How much of one worker's output is logged: so much at once, and so much a second from then on. What is beyond is counted
 * and left out, so that one worker can neither fill the log nor push the others' lines out of it.
 */
final class OutputAllowance {
    static final long BYTES_AT_ONCE = 1 << 20;
    static final long BYTES_PER_SECOND = 1 << 20;
    /** A line has a time and a name before it in the log, so that many short ones count, too. */
    static final int LINE_BYTES = 64;
    /** While lines are left out it is told so often how many. */
    private static final Duration TOLD_EVERY = Duration.ofSeconds(5);

    private long left = BYTES_AT_ONCE;
    private long leftAt;
    private boolean exhausted;
    private long notLogged;
    private long toldAt;

    /** @param now in nanoseconds, as all times here */
    OutputAllowance(long now) {
        leftAt = now;
    }

    /** Whether a line may be logged; one that may not is counted. */
    boolean allows(int bytes, long now) {
        // A whole second at most is made up for, which also keeps the product small.
        long passed = Math.min(now - leftAt, Duration.ofSeconds(1).toNanos());
        long earned = passed * BYTES_PER_SECOND / Duration.ofSeconds(1).toNanos();
        if (earned > 0) {
            left = Math.min(left + earned, BYTES_AT_ONCE);
            leftAt = now;
        }
        // Once exhausted, some is saved up before the log goes on: not a line here and a line there.
        exhausted = exhausted ? left < BYTES_AT_ONCE / 2 : left <= 0;
        if (!exhausted) {
            left -= bytes + LINE_BYTES;
        } else {
            if (notLogged == 0) {
                toldAt = now;
            }
            notLogged += bytes;
        }
        return !exhausted;
    }

    boolean isExhausted() {
        return exhausted;
    }

    /** Whether it is time to tell of what is left out, though more will be. */
    boolean isToBeTold(long now) {
        return notLogged > 0 && now - toldAt >= TOLD_EVERY.toNanos();
    }

    /** How many bytes have been left out since the last call. */
    long takeNotLogged() {
        long bytes = notLogged;
        notLogged = 0;
        return bytes;
    }
}
