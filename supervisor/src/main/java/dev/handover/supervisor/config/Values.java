package dev.handover.supervisor.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Values of a table, each read by its key; an absent one is the key's default. */
final class Values {
    private Values() {}

    static Duration duration(Map<String, Node> table, Key key) {
        Duration absent = DurationText.parse(key.defaultText());
        Node node = table.get(key.text());
        return node == null ? absent : duration(node).orElse(absent);
    }

    static Optional<Duration> duration(Node node) {
        return node.string(DurationText.FORM).flatMap(text -> parsed(text, node, DurationText::parse));
    }

    /** From 1 to {@code most}. */
    static int integer(Map<String, Node> table, Key key, int most) {
        return integer(table, key, 1, most);
    }

    static int integer(Map<String, Node> table, Key key, int least, int most) {
        Node node = table.get(key.text());
        int absent = Integer.parseInt(key.defaultText());
        if (node == null) {
            return absent;
        }
        String expected = "an integer from " + least + " to " + most;
        long value = node.integer(expected).orElse((long) absent);
        if (value < least || value > most) {
            node.problem("expected " + expected + ", not " + value);
            return absent;
        }
        return (int) value;
    }

    static boolean bool(Map<String, Node> table, Key key) {
        boolean absent = Boolean.parseBoolean(key.defaultText());
        Node node = table.get(key.text());
        return node == null ? absent : node.bool("true or false").orElse(absent);
    }

    /** A value whose parser refuses bad text; why it refuses becomes the problem. */
    static <T> Optional<T> parsed(String text, Node node, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            node.problem(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
