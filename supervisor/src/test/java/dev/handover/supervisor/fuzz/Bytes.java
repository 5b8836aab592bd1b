package dev.handover.supervisor.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.handover.supervisor.terms.ControlCharacters;

/** What a fuzz target makes of its input, and asks of what comes out. */
public final class Bytes {
    private Bytes() {}

    /** As a program does that does not look whether it is UTF-8. */
    public static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    /** That people may be shown it as one line. */
    public static void requireHarmless(String line) {
        if (line.codePoints().anyMatch(ControlCharacters::isOne)) {
            throw new AssertionError("it could end a line, or steer a terminal: " + ControlCharacters.escaped(line));
        }
    }

    public static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
