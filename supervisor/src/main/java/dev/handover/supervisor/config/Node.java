package dev.handover.supervisor.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** One value of the file, and where it stands. What it should have been and isn't becomes a problem at that place. */
final class Node {
    private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");

    /** The order of the files, and in each its own. */
    static final Comparator<Node> BY_PLACE = Comparator.comparingInt((Node node) -> node.problems.rank())
            .thenComparingInt(node -> node.at.line())
            .thenComparingInt(node -> node.at.column())
            .thenComparing(Node::key);

    private final Object value;
    private final String key;
    private final TomlPosition at;
    private final SourceText source;
    private final Problems problems;

    private Node(Object value, String key, TomlPosition at, SourceText source, Problems problems) {
        this.value = value;
        this.key = key;
        this.at = at;
        this.source = source;
        this.problems = problems;
    }

    static Node root(TomlTable table, SourceText source, Problems problems) {
        return new Node(table, "", TomlPosition.positionAt(1, 1), source, problems);
    }

    /** Where it stands, for a problem with another one. */
    String placeFor(Node other) {
        return problems.file().equals(other.problems.file()) ? "line " + at.line() : problems.file() + ":" + at.line();
    }

    String key() {
        return key;
    }

    void problem(String text) {
        problems.add(at, key, text);
    }

    /** A problem with what the value names on this machine: a folder, a program. */
    void problemOfMachine(String text) {
        problems.addOfMachine(at, key, text);
    }

    /** A problem with something that isn't there, but should be below this. */
    void problemBelow(String name, String text) {
        problems.add(at, pathTo(name), text);
    }

    Optional<String> string(String expected) {
        return as(String.class, expected);
    }

    /** The same of what may be secret: what is there in its place is not repeated. */
    Optional<String> secret(String expected) {
        if (!isString()) {
            problem("expected " + expected + ", found " + kind());
            return Optional.empty();
        }
        return string(expected);
    }

    Optional<Boolean> bool(String expected) {
        return as(Boolean.class, expected);
    }

    Optional<Long> integer(String expected) {
        return as(Long.class, expected);
    }

    List<Node> elements(String expected) {
        return as(TomlArray.class, expected).map(this::elementsOf).orElse(List.of());
    }

    /** The values of a table by their keys, in the order of the file. */
    Map<String, Node> entries(String expected) {
        Optional<TomlTable> table = as(TomlTable.class, expected);
        Map<String, Node> entries = new LinkedHashMap<>();
        table.ifPresent(there -> there.keySet().stream()
                .map(name -> Map.entry(name, child(there, name)))
                .sorted(Comparator.comparing(Map.Entry::getValue, BY_PLACE))
                .forEach(entry -> entries.put(entry.getKey(), entry.getValue())));
        return entries;
    }

    /**
     * The same, where the keys are given: any other key is a problem.
     *
     * @param keys what may stand here, for a key that is like none of these
     */
    Map<String, Node> entries(String expected, Collection<String> known, String keys) {
        Map<String, Node> entries = entries(expected);
        entries.forEach((name, node) -> {
            if (!known.contains(name)) {
                node.problem("unknown key; "
                        + Nearest.to(name, known)
                                .map(near -> "did you mean '" + near + "'?")
                                .or(() -> Key.tableOf(name).map(table -> "it belongs in " + table.header()))
                                .orElse("expected " + keys));
            }
        });
        return entries;
    }

    boolean isString() {
        return value instanceof String;
    }

    boolean isArray() {
        return value instanceof TomlArray;
    }

    boolean isEmptyArray() {
        return value instanceof TomlArray array && array.isEmpty();
    }

    boolean isTable() {
        return value instanceof TomlTable;
    }

    private <T> Optional<T> as(Class<T> type, String expected) {
        if (type.isInstance(value)) {
            return Optional.of(type.cast(value));
        }
        problem("expected " + expected + ", found " + described());
        return Optional.empty();
    }

    private String described() {
        if (value instanceof TomlTable) {
            return "a table";
        } else if (value instanceof TomlArray) {
            return "an array";
        } else if (value instanceof String text) {
            return "the string " + quoted(text);
        } else if (value instanceof Long) {
            return "the integer " + value;
        } else if (value instanceof Double) {
            return "the float " + value;
        } else if (value instanceof Boolean) {
            return "the boolean " + value;
        }
        return "the date or time " + value;
    }

    /** Without the value. */
    private String kind() {
        if (value instanceof Long) {
            return "an integer";
        } else if (value instanceof Double) {
            return "a float";
        } else if (value instanceof Boolean) {
            return "a boolean";
        }
        return isTable() || isArray() ? described() : "a date or time";
    }

    private List<Node> elementsOf(TomlArray array) {
        List<Node> elements = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            TomlPosition place = source.valueFrom(array.inputPositionOf(i));
            elements.add(new Node(array.get(i), key + "[" + i + "]", place, source, problems));
        }
        return elements;
    }

    private Node child(TomlTable table, String name) {
        List<String> path = List.of(name);
        Object there = Objects.requireNonNull(table.get(path));
        TomlPosition place = Objects.requireNonNull(table.inputPositionOf(path));
        return new Node(there, pathTo(name), place, source, problems);
    }

    private String pathTo(String name) {
        String last = BARE_KEY.matcher(name).matches() ? name : quoted(name);
        return key.isEmpty() ? last : key + "." + last;
    }

    private static String quoted(String text) {
        return "\"" + Toml.tomlEscape(text) + "\"";
    }
}
