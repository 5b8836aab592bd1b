package dev.handover.supervisor.cli;

import dev.handover.supervisor.terms.ControlCharacters;

/** How numbers and foreign text are shown to people. Without String.format, whose first use takes long. */
final class Texts {
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Texts() {}

    /** As {@link #duration}, but for what may take milliseconds, such as {@code 21 ms}. */
    static String shortDuration(long millis) {
        return millis < SECOND / 10 ? millis + " ms" : duration(millis);
    }

    /** Such as {@code 0.8 s}, {@code 42 s}, {@code 3 min 5 s}, {@code 2 h 7 min}, {@code 3 d 4 h}. */
    static String duration(long millis) {
        if (millis < 10 * SECOND) {
            long tenths = (millis + 50) / 100;
            return tenths / 10 + "." + tenths % 10 + " s";
        }
        if (millis < MINUTE) {
            return millis / SECOND + " s";
        }
        if (millis < HOUR) {
            return millis / MINUTE + " min " + millis % MINUTE / SECOND + " s";
        }
        if (millis < DAY) {
            return millis / HOUR + " h " + millis % HOUR / MINUTE + " min";
        }
        return millis / DAY + " d " + millis % DAY / HOUR + " h";
    }

    /** Such as {@code 512 KiB}, {@code 42 MiB}, {@code 3.1 GiB}. */
    static String bytes(long bytes) {
        long kib = bytes / 1024;
        long mib = kib / 1024;
        if (mib < 1) {
            return kib + " KiB";
        }
        if (mib < 1024) {
            return mib + " MiB";
        }
        long tenths = mib * 10 / 1024;
        return tenths / 10 + "." + tenths % 10 + " GiB";
    }

    static String count(long number, String one) {
        return number + " " + one + (number == 1 ? "" : "s");
    }

    /** Text that a worker wrote, on one line, and without what would steer a terminal. */
    static String harmless(String text) {
        StringBuilder harmless = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int next = text.codePointAt(i);
            harmless.appendCodePoint(ControlCharacters.isOne(next) ? '?' : next);
            i += Character.charCount(next);
        }
        return harmless.toString();
    }

    /** A name of the protocol's as words: {@code not ready in time} for {@code not-ready-in-time}. */
    static String words(String name) {
        return harmless(name.replace('-', ' '));
    }
}
