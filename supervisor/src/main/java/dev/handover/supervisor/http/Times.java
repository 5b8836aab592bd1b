package dev.handover.supervisor.http;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How times are shown to people. */
final class Times {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Below, milliseconds say more. */
    private static final long TENTH_MILLIS = 100;

    private static final long TEN_SECONDS_MILLIS = 10_000;

    private Times() {}

    static void moment(Instant at, Html html) {
        html.open("time", "datetime", at.toString());
        html.element("span", DAY.format(at))
                .text(" ")
                .element("span", TIME.format(at))
                .close();
    }

    /** In its two greatest units: more says nothing to people. */
    static String age(Duration time) {
        if (time.toDays() > 0) {
            return time.toDays() + " d " + time.toHoursPart() + " h";
        }
        if (time.toHours() > 0) {
            return time.toHours() + " h " + time.toMinutesPart() + " min";
        }
        return time.toMinutes() > 0
                ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                : time.toSeconds() + " s";
    }

    /** The same, for what may take milliseconds. */
    static String took(long millis) {
        if (millis < TENTH_MILLIS) {
            return millis + " ms";
        }
        return millis < TEN_SECONDS_MILLIS
                ? String.format(Locale.ROOT, "%.1f s", millis / 1000.0)
                : age(Duration.ofMillis(millis));
    }
}
