package dev.handover.supervisor.lines;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Lines of warning that somebody else can bring about at will: so many at once, and so many a minute from then on. What is
 * beyond is counted and left out, so that nobody fills the log by doing wrong again and again.
 */
public final class Sparing implements Consumer<String> {
    static final int AT_ONCE = 20;
    static final Duration EACH = Duration.ofSeconds(3);

    private final Consumer<String> lines;
    private final LongSupplier clock;
    private int left = AT_ONCE;
    private long leftAt;
    private long leftOut;

    public Sparing(Consumer<String> lines) {
        this(lines, System::nanoTime);
    }

    /** @param clock a monotonic one, in nanoseconds */
    Sparing(Consumer<String> lines, LongSupplier clock) {
        this.lines = lines;
        this.clock = clock;
        this.leftAt = clock.getAsLong();
    }

    @Override
    public synchronized void accept(String line) {
        long earned = (clock.getAsLong() - leftAt) / EACH.toNanos();
        leftAt += earned * EACH.toNanos();
        left = (int) Math.min(AT_ONCE, left + earned);
        if (left == 0) {
            leftOut++;
            return;
        }
        left--;
        lines.accept(leftOut == 0 ? line : line + " (and " + leftOut + " such lines before it that are left out)");
        leftOut = 0;
    }
}
