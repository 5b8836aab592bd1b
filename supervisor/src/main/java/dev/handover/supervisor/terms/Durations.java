package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.Locale;

/** Durations as people read them in messages. */
public final class Durations {
    private Durations() {}

    /** In whole seconds, rounded up, such as {@code 41 s} or {@code 41 min 12 s}: for what is waited for at most. */
    public static String atMost(Duration duration) {
        long seconds = duration.plusMillis(999).toSeconds();
        return seconds < 120 || seconds % 60 == 0
                ? text(Duration.ofSeconds(seconds))
                : seconds / 60 + " min " + seconds % 60 + " s";
    }

    /** Such as {@code 80 ms}, {@code 1.5 s} or {@code 10 min}. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis >= 120_000 && millis % 60_000 == 0) {
            return millis / 60_000 + " min";
        }
        return millis % 1000 == 0 ? millis / 1000 + " s" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
