package dev.handover.supervisor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tomlj.TomlPosition;

/**
 * The problems met so far: reading goes on after each, so that all are told at once. Those with the text concern the whole
 * file, which is not used then; those with this machine (a folder, a program that is missing) concern the service alone.
 */
final class Problems {
    private final Path file;
    private final List<Problem> found = new ArrayList<>();
    private final List<Problem> ofMachine = new ArrayList<>();

    Problems(Path file) {
        this.file = file;
    }

    void addAboutFile(String text) {
        found.add(new Problem(file, 0, 0, "", text));
    }

    void add(TomlPosition at, String key, String text) {
        found.add(problem(at, key, text));
    }

    void addOfMachine(TomlPosition at, String key, String text) {
        ofMachine.add(problem(at, key, text));
    }

    private Problem problem(TomlPosition at, String key, String text) {
        return new Problem(file, at.line(), at.column(), escaped(key), escaped(text));
    }

    /** Whether the text is good. */
    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Both kinds. */
    List<Problem> all() {
        return Stream.concat(found.stream(), ofMachine.stream())
                .sorted()
                .distinct()
                .collect(Collectors.toUnmodifiableList());
    }

    /** What a file's author wrote may hold newlines and terminal escapes; a problem stays one harmless line. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isHarmless(c)) {
                escaped.appendCodePoint(c);
            } else {
                escaped.append(String.format("\\u%04x", c));
            }
        });
        return escaped.toString();
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
