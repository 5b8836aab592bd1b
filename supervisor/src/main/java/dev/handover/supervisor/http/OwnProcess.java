package dev.handover.supervisor.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the supervisor's own process takes, by the names that Prometheus' clients have for it. What can't be read is left out. */
final class OwnProcess {
    private static final Path SELF = Path.of("/proc/self");
    private static final long KIB = 1024;
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");
    private static final Pattern MOST_OPEN = Pattern.compile("Max open files\\s+(\\d+)");

    private OwnProcess() {}

    static void addTo(Collected into) {
        ProcessHandle.Info info = ProcessHandle.current().info();
        info.totalCpuDuration()
                .ifPresent(cpu -> into.counter(
                        Metric.PROCESS_CPU_SECONDS_TOTAL, cpu.toNanos() / (double) TimeUnit.SECONDS.toNanos(1)));
        info.startInstant()
                .ifPresent(start -> into.gauge(
                        Metric.PROCESS_START_TIME_SECONDS,
                        start.toEpochMilli() / (double) TimeUnit.SECONDS.toMillis(1)));
        try {
            String status = Files.readString(SELF.resolve("status"));
            number(RESIDENT, status)
                    .ifPresent(kib -> into.gauge(Metric.PROCESS_RESIDENT_MEMORY_BYTES, (double) kib * KIB));
            number(THREADS, status).ifPresent(threads -> into.gauge(Metric.PROCESS_THREADS, threads));
            number(MOST_OPEN, Files.readString(SELF.resolve("limits")))
                    .ifPresent(most -> into.gauge(Metric.PROCESS_MAX_FDS, most));
            try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
                into.gauge(Metric.PROCESS_OPEN_FDS, open.count() - 1); // one is for looking
            }
        } catch (IOException unread) {
            // Short of descriptors it says what it could read.
        }
    }

    private static Optional<Long> number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        return found.find() ? Optional.of(Long.valueOf(found.group(1))) : Optional.empty();
    }
}
