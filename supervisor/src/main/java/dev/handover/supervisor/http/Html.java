package dev.handover.supervisor.http;

import java.util.ArrayDeque;
import java.util.Deque;

/** Writes HTML. All text and each value is escaped; there is no way around that. */
final class Html {
    private final StringBuilder out = new StringBuilder("<!doctype html>\n");
    private final Deque<String> open = new ArrayDeque<>();

    /** @param attributes names and values, in turn */
    Html open(String tag, String... attributes) {
        start(tag, attributes);
        open.push(tag);
        return this;
    }

    private void start(String tag, String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            out.append('"');
        }
        out.append('>');
    }

    /** An element that has no end, such as {@code meta}. */
    Html single(String tag, String... attributes) {
        start(tag, attributes);
        return this;
    }

    /** An element with nothing but text in it. */
    Html element(String tag, String text, String... attributes) {
        return open(tag, attributes).text(text).close();
    }

    Html text(String text) {
        escape(text);
        return this;
    }

    /** Ends the element that was opened last. */
    Html close() {
        String tag = open.pop();
        out.append("</").append(tag).append(">\n");
        return this;
    }

    private void escape(String text) {
        text.codePoints().forEach(one -> {
            switch (one) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(shown(one));
            }
        });
    }

    /** What HTML can't have, or turns the order of what follows, is shown as one that is not known. */
    private static int shown(int one) {
        boolean control = Character.isISOControl(one) && one != '\n';
        int type = Character.getType(one);
        return control || type == Character.FORMAT || type == Character.SURROGATE ? 0xFFFD : one;
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("left open: " + open);
        }
        return out.toString();
    }
}
