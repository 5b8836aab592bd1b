package dev.handover.bench;

import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A running process, as /proc shows it. */
record Running(long pid) {
    /** USER_HZ, in which /proc gives times: 100 on every Linux. */
    private static final double TICKS_PER_SECOND = 100;

    private static final String SWITCHES = "voluntary_ctxt_switches:";

    /** The process of a supervisor itself, whatever command stood before it. */
    static Running daemon(Supervised supervised) throws IOException {
        return new Running(supervised.ask("version").get("pid").getAsLong());
    }

    /** Seconds of CPU time, user and system. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(proc("stat"));
        // The second field is the name, in brackets, with whatever it holds.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** What it has of the machine's memory now. */
    double residentMib() throws IOException {
        return memory("VmRSS:");
    }

    /** The most that it has had since its start. */
    double mostResidentMib() throws IOException {
        return memory("VmHWM:");
    }

    private double memory(String key) throws IOException {
        for (String line : Files.readAllLines(proc("status"))) {
            if (line.startsWith(key)) {
                return Long.parseLong(
                                line.substring(key.length()).replace("kB", "").strip())
                        / 1024.0;
            }
        }
        throw new IOException(proc("status") + " has no " + key);
    }

    /** A thread, and how often it has slept and been woken since its start. */
    record Sleeper(String name, long wakeUps) {}

    /** Its threads by id. */
    Map<String, Sleeper> sleepers() throws IOException {
        Map<String, Sleeper> found = new TreeMap<>();
        for (Path thread : list("task")) {
            try {
                String name = Files.readString(thread.resolve("comm")).strip();
                for (String line : Files.readAllLines(thread.resolve("status"))) {
                    if (line.startsWith(SWITCHES)) {
                        long count =
                                Long.parseLong(line.substring(SWITCHES.length()).strip());
                        found.put(thread.getFileName().toString(), new Sleeper(name, count));
                    }
                }
            } catch (NoSuchFileException ended) {
                // Between the listing and now.
            }
        }
        return found;
    }

    int threads() throws IOException {
        return list("task").size();
    }

    int descriptors() throws IOException {
        return list("fd").size();
    }

    private List<Path> list(String name) throws IOException {
        try (Stream<Path> entries = Files.list(proc(name))) {
            return new ArrayList<>(entries.toList());
        }
    }

    private Path proc(String name) {
        return Path.of("/proc", Long.toString(pid), name);
    }
}
