package dev.handover.supervisor.config;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as the configuration writes them: a whole number and one of KiB, MiB and GiB, or a word for no limit. */
final class SizeText {
    /** What a size looks like, for messages. */
    static final String FORM = "a number and a unit, such as \"512KiB\", \"10MiB\" or \"1GiB\", or \"unlimited\"";

    private static final String UNLIMITED = "unlimited";

    // Six digits: no unit can make them overflow.
    private static final Pattern PATTERN = Pattern.compile("([1-9][0-9]{0,5})(KiB|MiB|GiB)");

    private SizeText() {}

    /**
     * Reads a size, in bytes, 1 KiB or more; empty where there is no limit.
     *
     * @throws IllegalArgumentException if the text is anything else; the message says what was expected
     */
    static OptionalLong parse(String text) {
        if (text.equals(UNLIMITED)) {
            return OptionalLong.empty();
        }
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected " + FORM + ", not '" + text + "'");
        }
        long number = Long.parseLong(matcher.group(1));
        return OptionalLong.of(
                switch (matcher.group(2)) {
                    case "KiB" -> number << 10;
                    case "MiB" -> number << 20;
                    default -> number << 30;
                });
    }
}
