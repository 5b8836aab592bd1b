package dev.handover.chaos;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as users write them: {@code 500ms}, {@code 20s}, {@code 1.5s}, {@code 2m}. */
final class Durations {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)(us|ms|s|m|h)");

    private Durations() {}

    /** @throws IllegalArgumentException if the text has another form */
    static Duration parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "a duration is a number and one of us, ms, s, m, h, such as 500ms or 20s, not '" + text + "'");
        }
        double nanos = Double.parseDouble(parts.group(1))
                * switch (parts.group(2)) {
                    case "us" -> 1e3;
                    case "ms" -> 1e6;
                    case "s" -> 1e9;
                    case "m" -> 60e9;
                    default -> 3600e9;
                };
        return Duration.ofNanos(Math.round(nanos));
    }

    static String format(Duration duration) {
        long micros = duration.toNanos() / 1_000;
        if (micros % 1_000_000 == 0) {
            return micros / 1_000_000 + "s";
        }
        return micros % 1_000 == 0 ? micros / 1_000 + "ms" : micros + "us";
    }
}
