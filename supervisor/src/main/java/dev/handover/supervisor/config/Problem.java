package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.ControlCharacters;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param line from 1; 0 where the file as a whole is meant
 * @param column in characters, from 1; 0 where the file as a whole is meant
 * @param key the key in question with the tables it stands in, such as {@code services.web.workers}; empty where none is
 * @param text what is wrong and what was expected, on one line
 */
public record Problem(Path file, int line, int column, String key, String text) implements Comparable<Problem> {
    private static final Comparator<Problem> ORDER = Comparator.comparingInt(Problem::line)
            .thenComparingInt(Problem::column)
            .thenComparing(Problem::key)
            .thenComparing(Problem::text);

    /** By place in the file. */
    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }

    /**
     * One line, such as {@code web.toml:3:1: services.web.worker: unknown key; did you mean 'workers'?}, and a harmless one,
     * whatever the file's author wrote, or called it.
     */
    @Override
    public String toString() {
        String name = ControlCharacters.escaped(file.toString());
        String place = line == 0 ? name + ": " : name + ":" + line + ":" + column + ": ";
        return place + (key.isEmpty() ? "" : key + ": ") + text;
    }
}
