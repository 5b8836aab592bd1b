package dev.handover.supervisor.terms;

/**
 * What in another's text would end a line, look like another one, or steer a terminal: control characters, those of 0x80 to
 * 0x9f too, and the invisible ones that turn text round or part lines.
 */
public final class ControlCharacters {
    private ControlCharacters() {}

    public static boolean isOne(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** The text, with <code>&#92;u001b</code> and the like in the place of each. */
    public static String escaped(String text) {
        return escaped(text, "");
    }

    /** @param kept those that may stand in the text */
    public static String escaped(String text, String kept) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int next = text.codePointAt(i);
            if (isOne(next) && kept.indexOf(next) < 0) {
                escape(next, escaped);
            } else {
                escaped.appendCodePoint(next);
            }
            i += Character.charCount(next);
        }
        return escaped.toString();
    }

    /** Adds one as JSON spells it. Without String.format, whose first use takes long. */
    public static void escape(int codePoint, StringBuilder to) {
        for (char unit : Character.toChars(codePoint)) {
            String digits = Integer.toHexString(unit);
            to.append("\\u").append("0".repeat(4 - digits.length())).append(digits);
        }
    }
}
