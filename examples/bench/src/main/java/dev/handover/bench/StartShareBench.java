package dev.handover.bench;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.LoadResult;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Checkout;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What reloads do to the slowest clients where new workers start at a low share of the CPU, against the full one, in turns. */
final class StartShareBench implements Bench {
    private static final int RELOADS = 3;
    private static final int PAIRS = 6;
    private static final double RATE = 2000;
    private static final double BOUND = 1.0;
    private static final Duration BETWEEN_RELOADS = Duration.ofSeconds(5);

    private record Run(LoadResult load, Samples starts) {
        double latency() {
            return load.latency().p999();
        }

        double connect() {
            return load.connect().p999();
        }

        @Override
        public String toString() {
            return Table.number(latency()) + " ms (connect " + Table.number(connect()) + " ms, start "
                    + Table.number(starts.median()) + " ms" + (load.isUntrusted() ? ", client behind" : "") + ")";
        }
    }

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        int port = Supervised.freePort();
        Samples latencies = new Samples();
        Samples connects = new Samples();
        Samples starts = new Samples();
        List<String> notes = new ArrayList<>();
        try (Supervised supervised = Supervised.start(service(port, "full"))) {
            reloads(supervised, port, "low"); // the clients' own JVM has to get warm, too
            for (int pair = 0; pair < (runs > 0 ? runs : PAIRS); pair++) {
                boolean lowFirst = pair % 2 == 0;
                Run one = reloads(supervised, port, lowFirst ? "low" : "full");
                Run other = reloads(supervised, port, lowFirst ? "full" : "low");
                Run low = lowFirst ? one : other;
                Run full = lowFirst ? other : one;
                LoadResult still = load(port, () -> {});
                latencies.add(low.latency() / full.latency());
                connects.add(low.connect() / full.connect());
                starts.add(low.starts().median() / full.starts().median());
                notes.add("p99.9 " + low + " low, " + full + " full, "
                        + Table.number(still.latency().p999()) + " ms (connect "
                        + Table.number(still.connect().p999()) + " ms) without a reload");
            }
        }
        String of = " of http-worker, start-share low / full";
        return List.of(
                Figure.atMost(BOUND, "", "p99.9 of answers" + of, latencies, notes),
                Figure.atMost(BOUND, "", "p99.9 of connect times" + of, connects, List.of()),
                Figure.atMost(Double.POSITIVE_INFINITY, "", "time to start" + of, starts, List.of()));
    }

    private static String service(int port, String share) throws IOException {
        return "[services.web]\ncommand = [\"" + Checkout.java() + "\", \"-XX:+UseSerialGC\", \"-jar\", \""
                + Checkout.exampleJar("http-worker") + "\"]\nlisten = [\"tcp://127.0.0.1:" + port
                + "\"]\nworkers = 2\nready-timeout = \"2m\"\nstart-share = \"" + share + "\"\n";
    }

    private static Run reloads(Supervised supervised, int port, String share) throws IOException, InterruptedException {
        supervised.configure(service(port, share));
        Samples starts = new Samples();
        LoadResult result = load(
                port,
                () -> Concurrent.spread(
                        RELOADS,
                        BETWEEN_RELOADS,
                        () -> starts.add(Reload.now(supervised).phase("start"))));
        return new Run(result, starts);
    }

    /** One that falls behind is no failure: a client that gets no CPU is what this is about, and it is said. */
    private static LoadResult load(int port, Concurrent.Meanwhile meanwhile) throws IOException, InterruptedException {
        LoadOptions load = LoadOptions.of(
                new Target("127.0.0.1", port), Mode.HTTP, RATE, BETWEEN_RELOADS.multipliedBy(RELOADS + 1));
        Report report = Concurrent.whatever(() -> ChaosRun.run(ChaosOptions.of(load)), meanwhile);
        if (report.dropped() > 0) {
            throw new IOException(report.dropped() + " of " + report.load().attempts() + " connections were lost");
        }
        return report.load();
    }
}
