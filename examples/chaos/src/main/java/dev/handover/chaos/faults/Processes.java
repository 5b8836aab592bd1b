package dev.handover.chaos.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The processes of one run, as /proc shows them, whatever a supervisor thinks of them: they have its folder in their words. */
final class Processes {
    private static final Pattern SOCKET = Pattern.compile("socket:\\[([0-9]+)]");
    private static final Pattern SOFT_LIMIT = Pattern.compile("Max open files +([0-9]+|unlimited)");
    private static final long LONGEST_STOP_NANOS = 5_000_000_000L;

    private final Path folder;
    private final UnaryOperator<List<String>> place;

    /** @param place how commands are run, such as in a network namespace */
    Processes(Path folder, UnaryOperator<List<String>> place) {
        this.folder = folder;
        this.place = place;
    }

    record Worker(long pid, int generation, int number) {
        @Override
        public String toString() {
            return "worker " + number + " of generation " + generation;
        }
    }

    /** The workers that live, oldest generation first. */
    List<Worker> workers() throws IOException {
        List<Worker> found = new ArrayList<>();
        for (long pid : all()) {
            if (words(pid).contains("worker.py")) {
                Map<String, String> environment = environment(pid);
                if (environment.containsKey("HANDOVER_GENERATION")) {
                    found.add(new Worker(
                            pid,
                            Integer.parseInt(environment.getOrDefault("HANDOVER_GENERATION", "0")),
                            Integer.parseInt(environment.getOrDefault("HANDOVER_WORKER", "0"))));
                }
            }
        }
        found.sort(Comparator.comparingInt(Worker::generation).thenComparingInt(Worker::number));
        return found;
    }

    /** Every process of the run, supervisors too. */
    List<Long> all() throws IOException {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                if (pid != ProcessHandle.current().pid() && words(pid).contains(folder.toString())) {
                    found.add(pid);
                }
            }
        }
        return found;
    }

    /** What ss says of the run's sockets: see its manual. */
    List<String> sockets(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("ss", "-H", "-t", "-n", "-e"));
        all.addAll(List.of(words));
        return run(place.apply(all).toArray(String[]::new));
    }

    /** A process's command line; empty once it has ended. */
    static String words(long pid) {
        return read(pid, "cmdline").replace('\0', ' ').strip();
    }

    private static Map<String, String> environment(long pid) {
        Map<String, String> found = new HashMap<>();
        for (String one : read(pid, "environ").split("\0")) {
            int equals = one.indexOf('=');
            if (equals > 0) {
                found.put(one.substring(0, equals), one.substring(equals + 1));
            }
        }
        return found;
    }

    /** Its open descriptors, by number, as /proc tells what they are. */
    static NavigableMap<Integer, String> descriptors(long pid) throws IOException {
        TreeMap<Integer, String> found = new TreeMap<>();
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path one : open) {
                try {
                    found.put(
                            Integer.valueOf(one.getFileName().toString()),
                            Files.readSymbolicLink(one).toString());
                } catch (NoSuchFileException closed) {
                    // Meanwhile.
                }
            }
        } catch (NoSuchFileException ended) {
            return found;
        }
        return found;
    }

    /** The inodes of the sockets that it has open. */
    static List<Long> socketsOf(long pid) throws IOException {
        List<Long> found = new ArrayList<>();
        for (String what : descriptors(pid).values()) {
            Matcher socket = SOCKET.matcher(what);
            if (socket.matches()) {
                found.add(Long.valueOf(socket.group(1)));
            }
        }
        return found;
    }

    /** A number of its status; 0 once it has ended. */
    static int figure(long pid, String name) {
        Matcher figure = Pattern.compile("(?m)^" + name + ":\\s+([0-9]+)").matcher(read(pid, "status"));
        return figure.find() ? Integer.parseInt(figure.group(1)) : 0;
    }

    /** How many descriptors it may have now. */
    static String softLimit(long pid) {
        Matcher limit = SOFT_LIMIT.matcher(read(pid, "limits"));
        return limit.find() ? limit.group(1) : "1024";
    }

    /** Takes from it every descriptor that it has not opened yet; {@code limit} gives them back. */
    static void limit(long pid, String soft) throws IOException {
        run("prlimit", "--pid", Long.toString(pid), "--nofile=" + soft + ":");
    }

    static boolean isAlive(long pid) {
        return !read(pid, "cmdline").isEmpty();
    }

    /** Stops it, and says whether it is seen to be stopped. */
    static boolean stop(long pid) throws IOException {
        signal("STOP", pid);
        long until = System.nanoTime() + LONGEST_STOP_NANOS;
        while (isAlive(pid) && System.nanoTime() < until) {
            if (allStopped(pid)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private static boolean allStopped(long pid) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                String stat = read(pid, "task/" + thread.getFileName() + "/stat");
                if (!stat.substring(stat.lastIndexOf(')') + 1).startsWith(" T")) {
                    return false;
                }
            }
            return true;
        } catch (NoSuchFileException ended) {
            return false;
        }
    }

    /** Does nothing to a process that has ended. */
    static void signal(String name, long pid) throws IOException {
        if (isAlive(pid)) {
            execute(false, "kill", "-" + name, Long.toString(pid));
        }
    }

    /** @return what it printed, by lines */
    static List<String> run(String... words) throws IOException {
        return execute(true, words);
    }

    private static List<String> execute(boolean mustSucceed, String... words) throws IOException {
        Process process = new ProcessBuilder(words).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // Apart, and after it, as it is short: in a network namespace ss complains that it finds no cgroups, and
        // answers.
        String complained = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int code = process.waitFor();
            if (code != 0 && mustSucceed) {
                throw new IOException(String.join(" ", words) + " exited with " + code + ": " + complained.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return said.lines().toList();
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/" + file), StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }
}
