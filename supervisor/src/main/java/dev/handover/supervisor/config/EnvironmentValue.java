package dev.handover.supervisor.config;

/** What stands after the {@code =} in a file of variables: quotes and backslashes mean what they do to systemd. */
final class EnvironmentValue {
    /** What a backslash takes its meaning from between double quotes; before all else it stands for itself there. */
    private static final String ESCAPED = "\"\\`$";

    private EnvironmentValue() {}

    /**
     * The value.
     *
     * @param text without blanks around it
     * @throws IllegalArgumentException if it is none, with a message that does not repeat it
     */
    static String of(String text) {
        if (text.contains("\0")) {
            throw new IllegalArgumentException("expected text without a zero byte");
        }
        return text.startsWith("'") || text.startsWith("\"") ? quoted(text, text.charAt(0)) : unquoted(text);
    }

    private static String quoted(String text, char quote) {
        StringBuilder value = new StringBuilder();
        int i = 1;
        while (i < text.length() && text.charAt(i) != quote) {
            if (quote == '"' && isEscape(text, i)) {
                i++;
            }
            value.append(text.charAt(i++));
        }
        if (i == text.length()) {
            throw new IllegalArgumentException("no closing " + quote + "; expected the whole value on one line");
        }
        if (i < text.length() - 1) {
            throw new IllegalArgumentException("expected nothing after the closing " + quote);
        }
        return value.toString();
    }

    private static boolean isEscape(String text, int i) {
        return text.charAt(i) == '\\' && i + 1 < text.length() && ESCAPED.indexOf(text.charAt(i + 1)) >= 0;
    }

    private static String unquoted(String text) {
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && ++i == text.length()) {
                throw new IllegalArgumentException("ends with '\\'; expected the whole value on one line");
            }
            value.append(text.charAt(i));
        }
        return value.toString();
    }
}
