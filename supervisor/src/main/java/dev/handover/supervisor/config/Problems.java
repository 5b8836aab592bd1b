package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.ControlCharacters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tomlj.TomlPosition;

/**
 * The problems met so far: reading goes on after each, so that all are told at once. Those with the text concern the whole
 * file, which is not used then; those with this machine (a folder, a program that is missing) concern the service alone.
 */
final class Problems {
    private final Path file;
    private final List<Path> files;
    private final List<Problem> found;
    private final List<Problem> ofMachine;
    /** Whether a file could not be read that may be later. */
    private final AtomicBoolean surroundings;

    /** @param file the main one */
    Problems(Path file) {
        this(file, new ArrayList<>(List.of(file)), new ArrayList<>(), new ArrayList<>(), new AtomicBoolean());
    }

    private Problems(
            Path file, List<Path> files, List<Problem> found, List<Problem> ofMachine, AtomicBoolean surroundings) {
        this.file = file;
        this.files = files;
        this.found = found;
        this.ofMachine = ofMachine;
        this.surroundings = surroundings;
    }

    /** The same, for another file of the configuration; it comes after those before it. */
    Problems in(Path other) {
        files.add(other);
        return new Problems(other, files, found, ofMachine, surroundings);
    }

    Path file() {
        return file;
    }

    /** How many files of the configuration were read before this one. */
    int rank() {
        return files.indexOf(file);
    }

    void addAboutFile(String text) {
        found.add(new Problem(file, 0, 0, "", text));
    }

    /** Says that the file could not be read, for a reason that is not its own. */
    void addUnread(String why) {
        addAboutFile("cannot be read: " + why);
        unread();
    }

    /** One that was added is no fault of the text's. */
    void unread() {
        surroundings.set(true);
    }

    /** Whether what a file says is not known. */
    boolean areOfSurroundings() {
        return surroundings.get();
    }

    void add(TomlPosition at, String key, String text) {
        found.add(problem(at, key, text));
    }

    void addOfMachine(TomlPosition at, String key, String text) {
        ofMachine.add(problem(at, key, text));
    }

    /** Those with another file than the configuration's own, which a service names. */
    void addOfMachine(Problems ofFile) {
        ofMachine.addAll(ofFile.all());
    }

    private Problem problem(TomlPosition at, String key, String text) {
        return new Problem(
                file, at.line(), at.column(), ControlCharacters.escaped(key), ControlCharacters.escaped(text));
    }

    /** Whether the text is good, of all files. */
    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Both kinds, file by file in the order of each; files of variables come last. */
    List<Problem> all() {
        return Stream.concat(found.stream(), ofMachine.stream())
                .sorted(Comparator.comparingInt((Problem problem) -> rank(problem.file()))
                        .thenComparing(Problem::file)
                        .thenComparing(Comparator.naturalOrder()))
                .distinct()
                .collect(Collectors.toUnmodifiableList());
    }

    private int rank(Path of) {
        int rank = files.indexOf(of);
        return rank < 0 ? files.size() : rank;
    }

    /** The first problem, and how many more there are; there must be one. */
    static String summary(List<Problem> problems) {
        int more = problems.size() - 1;
        return problems.get(0) + (more == 0 ? "" : " (and " + more + " more)");
    }
}
