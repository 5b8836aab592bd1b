package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A cgroup of version 2: a set of processes, to which all that they fork belong as well, whatever session they make (cgroups(7)).
 *
 * @param folder what shows it
 */
public record Cgroup(Path folder) {
    private static final String PROCESSES = "cgroup.procs";
    private static final String ENABLED = "cgroup.subtree_control";
    private static final String WEIGHT = "cpu.weight";
    private static final String NO_LIMIT = "max";
    private static final long EMPTY_LOOK_MILLIS = 5;

    /**
     * That of a process.
     *
     * @return empty if there is no such process, or none of version 2 that can be seen
     */
    public static Optional<Cgroup> of(long pid) {
        return of(Long.toString(pid));
    }

    /** This process's. */
    public static Optional<Cgroup> ofThisProcess() {
        return of("self");
    }

    private static Optional<Cgroup> of(String process) {
        try {
            // A name may hold any byte but a line's end.
            return Files.readAllLines(Path.of("/proc", process, "cgroup"), StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.startsWith("0::"))
                    .findFirst()
                    .flatMap(line -> CgroupMount.find().flatMap(mount -> mount.folder(line.substring("0::".length()))))
                    .map(Cgroup::new);
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    public String name() {
        return String.valueOf(folder.getFileName());
    }

    public Cgroup child(String name) {
        return new Cgroup(folder.resolve(name));
    }

    /** The one that it is in; empty at the top of what can be seen. */
    public Optional<Cgroup> parent() {
        return Optional.ofNullable(folder.getParent()).map(Cgroup::new).filter(Cgroup::exists);
    }

    public boolean exists() {
        return Files.exists(folder.resolve(PROCESSES));
    }

    /** Whether it is the machine's first, which all rules make an exception for, and which is not a supervisor's to change. */
    public boolean isRoot() {
        return !Files.exists(folder.resolve("cgroup.type"));
    }

    /** Whether those below it would be for threads, not for processes. */
    public boolean isThreaded() {
        try {
            return words("cgroup.type").stream().anyMatch(word -> !word.equals("domain"));
        } catch (IOException unknown) {
            return false;
        }
    }

    /** Whether this process may make others below it. */
    public boolean isOurs() {
        return Files.isWritable(folder) && Files.isWritable(folder.resolve(PROCESSES));
    }

    /** Makes it, unless it is there. */
    public void make() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder);
        }
    }

    /**
     * Moves a process into it; what that has forked before stays where it is.
     *
     * @return false if it has ended
     */
    public boolean take(long pid) throws IOException {
        try {
            write(PROCESSES, Long.toString(pid));
            return true;
        } catch (IOException refused) {
            if (Processes.hasEnded(pid)) {
                return false;
            }
            throw refused;
        }
    }

    /** All running processes of it and of those below; empty where there is no such cgroup. */
    public List<Long> processes() throws IOException {
        List<Long> all = new ArrayList<>(own());
        for (Cgroup child : children()) {
            all.addAll(child.processes());
        }
        return all;
    }

    /** Those that are in none below. */
    public List<Long> own() throws IOException {
        return lines(PROCESSES).map(Long::valueOf).toList();
    }

    /** Those directly below it. */
    public List<Cgroup> children() throws IOException {
        List<Cgroup> children = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, Files::isDirectory)) {
            all.forEach(each -> children.add(new Cgroup(each)));
        } catch (NoSuchFileException gone) {
            return List.of();
        } catch (DirectoryIteratorException failed) {
            throw failed.getCause();
        }
        return children;
    }

    /** Ends every process of it and of those below, with all that they are forking. */
    public void kill() throws IOException {
        if (Files.exists(folder.resolve("cgroup.kill"))) {
            write("cgroup.kill", "1");
            return;
        }
        for (long pid : processes()) { // before Linux 5.14
            try (Pidfd process = Pidfd.open(pid).orElse(null)) {
                if (process != null && processes().contains(pid)) {
                    process.send(Signal.KILL);
                }
            }
        }
    }

    /**
     * Waits until no process is in it or below; zombies don't count.
     *
     * @return whether that came to pass in time
     */
    public boolean awaitEmpty(long millis) throws IOException, InterruptedException {
        long over = System.nanoTime() + millis * 1_000_000;
        while (!processes().isEmpty()) {
            if (System.nanoTime() - over >= 0) {
                return false;
            }
            Thread.sleep(EMPTY_LOOK_MILLIS);
        }
        return true;
    }

    /** Removes it and those below, where no process is in them. */
    public void remove() throws IOException {
        for (Cgroup child : children()) {
            child.remove();
        }
        Files.deleteIfExists(folder);
    }

    /** Has those below it counted, and their share meted out, by these controllers, as far as they are to be had. */
    public void enable(List<String> controllers) throws IOException {
        List<String> missing = new ArrayList<>(controllers);
        missing.retainAll(words("cgroup.controllers"));
        missing.removeAll(enabled());
        for (String one : missing) {
            write(ENABLED, "+" + one);
        }
    }

    /** No longer, so that processes may be in it itself. */
    public void disable(List<String> controllers) throws IOException {
        for (String one : enabled()) {
            if (controllers.contains(one)) {
                write(ENABLED, "-" + one);
            }
        }
    }

    /** The controllers of those below it. */
    public List<String> enabled() throws IOException {
        return words(ENABLED);
    }

    /** Its part of the CPU beside its siblings', which have 100 by default; empty where none is meted out. */
    public OptionalLong weight() {
        return number(WEIGHT);
    }

    /** @throws IOException if none is meted out */
    public void setWeight(long weight) throws IOException {
        write(WEIGHT, Long.toString(weight));
    }

    /** A file of one number; empty where there is none. */
    public OptionalLong number(String file) {
        try {
            return lines(file)
                    .filter(line -> !line.equals(NO_LIMIT))
                    .mapToLong(Long::parseLong)
                    .findFirst();
        } catch (IOException gone) {
            return OptionalLong.empty();
        }
    }

    /** A line of a file of lines such as {@code usage_usec 4711}; empty where there is none. */
    public OptionalLong number(String file, String key) {
        try {
            return lines(file)
                    .filter(line -> line.startsWith(key + " "))
                    .mapToLong(line -> Long.parseLong(line.substring(key.length() + 1)))
                    .findFirst();
        } catch (IOException gone) {
            return OptionalLong.empty();
        }
    }

    /** How many threads all its processes have, those below it too. */
    public long threads() throws IOException {
        long threads = lines("cgroup.threads").count();
        for (Cgroup child : children()) {
            threads += child.threads();
        }
        return threads;
    }

    private List<String> words(String file) throws IOException {
        return lines(file).flatMap(line -> Arrays.stream(line.split(" "))).toList();
    }

    private Stream<String> lines(String file) throws IOException {
        try {
            return Files.readAllLines(folder.resolve(file), StandardCharsets.US_ASCII).stream()
                    .filter(line -> !line.isEmpty());
        } catch (NoSuchFileException none) {
            return Stream.empty();
        } catch (IOException failed) {
            if (Files.exists(folder)) {
                throw failed;
            }
            return Stream.empty(); // ENODEV: removed meanwhile
        }
    }

    private void write(String file, String text) throws IOException {
        try {
            Files.write(
                    folder.resolve(file),
                    text.getBytes(StandardCharsets.US_ASCII),
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException refused) {
            throw new IOException("write " + text + " to " + folder.resolve(file) + ": " + Why.of(refused), refused);
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
