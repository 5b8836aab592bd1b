package dev.handover.worker;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** One line of the worker protocol, {@code KEY=VALUE}. */
record Message(String key, String value) {
    /** The longest line, its newline included. */
    static final int MAX_BYTES = 4096;

    private static final Pattern KEY = Pattern.compile("[A-Z0-9_]{1,32}");

    Message {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("a key is 1 to 32 of A-Z, 0-9 and _");
        }
        if (value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException(key + ": a value has no newline");
        }
    }

    /** A message of free text: newlines become spaces, and what a line cannot hold is cut off. */
    static Message ofText(String key, String text) {
        String line = text.replace('\n', ' ');
        int room = MAX_BYTES - key.length() - 2;
        int end = 0;
        while (end < line.length()) {
            int codePoint = line.codePointAt(end);
            room -= Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length;
            if (room < 0) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return new Message(key, line.substring(0, end));
    }

    /** The line's bytes, its newline included. */
    byte[] encode() {
        return (key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
