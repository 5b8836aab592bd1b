package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.Locale;

/** Durations as people read them in messages. */
public final class Durations {
    private Durations() {}

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
