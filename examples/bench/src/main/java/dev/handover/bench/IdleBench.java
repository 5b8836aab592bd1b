package dev.handover.bench;

import dev.handover.harness.Supervised;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A supervisor that has nothing to do. */
final class IdleBench implements Bench {
    /** A young generation is looked after for its first 10 s. */
    private static final Duration SETTLE = Duration.ofSeconds(15);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** The look at all workers' listeners, each 5 s. */
    private static final int LOOKS = 12;

    private static final double MOST_CPU_PERCENT = 0.1;

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        Samples wakeUps = new Samples();
        Samples cpu = new Samples();
        Map<String, Long> jvm = new TreeMap<>();
        Map<String, Long> own = new TreeMap<>();
        try (Supervised supervised = Supervised.start(Hello.service("127.0.0.1", Supervised.freePort(), 2))) {
            Running daemon = Running.daemon(supervised);
            Reload.now(supervised);
            TimeUnit.MILLISECONDS.sleep(SETTLE.toMillis());
            for (int i = 0; i < Math.max(1, runs); i++) {
                double cpuBefore = daemon.cpuSeconds();
                Map<String, Running.Sleeper> before = daemon.sleepers();
                TimeUnit.MILLISECONDS.sleep(MINUTE.toMillis());
                long woken = 0;
                for (Map.Entry<String, Running.Sleeper> thread :
                        daemon.sleepers().entrySet()) {
                    Running.Sleeper now = thread.getValue();
                    Running.Sleeper then = before.getOrDefault(thread.getKey(), new Running.Sleeper("", 0));
                    long count = now.wakeUps() - then.wakeUps();
                    boolean ofJvm = JvmThreads.isOne(now.name());
                    if (count > 0) {
                        (ofJvm ? jvm : own).merge(now.name(), count, Long::sum);
                    }
                    woken += ofJvm ? 0 : count;
                }
                wakeUps.add((double) woken);
                cpu.add((daemon.cpuSeconds() - cpuBefore) * 100 / MINUTE.toSeconds());
            }
        }
        return List.of(
                Figure.atMost(
                        LOOKS,
                        "",
                        "wake-ups of an idle supervisor in a minute",
                        wakeUps,
                        List.of("its threads: " + text(own), "the JVM's own threads: " + text(jvm))),
                Figure.atMost(MOST_CPU_PERCENT, "%", "CPU of an idle supervisor, of a core", cpu, List.of()));
    }

    private static String text(Map<String, Long> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.entrySet().stream()
                        .map(one -> one.getKey() + " " + one.getValue())
                        .collect(Collectors.joining(", "));
    }
}
