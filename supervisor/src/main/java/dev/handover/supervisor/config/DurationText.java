package dev.handover.supervisor.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as the configuration and the command line write them: a whole number and one of ms, s, m and h. */
public final class DurationText {
    /** What a duration looks like, for messages. */
    public static final String FORM = "a number and a unit, such as \"500ms\", \"30s\", \"2m\" or \"1h\"";

    /** The longest duration that is taken: a week. */
    public static final Duration LONGEST = Duration.ofDays(7);

    // Nine digits: no unit can make them overflow.
    private static final Pattern PATTERN = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    private DurationText() {}

    /**
     * Reads a duration of 1 ms to {@link #LONGEST}.
     *
     * @throws IllegalArgumentException if the text is anything else; the message says what was expected
     */
    public static Duration parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected " + FORM + ", not '" + text + "'");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected 1ms to 168h, not '" + text + "'");
        }
        return duration;
    }
}
