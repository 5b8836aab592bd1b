package dev.handover.bench;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a reload by Handover does to the slowest clients, against the same program's own reload: the same load, in turns. */
final class PeersBench implements Bench {
    private static final int RELOADS = 5;
    private static final int PAIRS = 4;
    private static final double RATE = 500;
    private static final double BOUND = 1.0;
    private static final Duration BETWEEN_RELOADS = Duration.ofSeconds(2);

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        for (Peer peer : Peer.values()) {
            figures.add(figure(peer, runs > 0 ? runs : PAIRS));
        }
        return figures;
    }

    private static Figure figure(Peer peer, int pairs) throws IOException, InterruptedException {
        Samples ratios = new Samples();
        List<String> notes = new ArrayList<>();
        Path folder = Files.createTempDirectory("handover-bench");
        int supervisedPort = Supervised.freePort();
        int alonePort = Supervised.freePort();
        try (Supervised supervised = Supervised.start(peer.service(folder, supervisedPort));
                Unsupervised alone = Unsupervised.start(peer, alonePort)) {
            Reload.times(supervised, 3);
            for (int pair = 0; pair < pairs; pair++) {
                boolean ownFirst = pair % 2 == 0;
                Report first = ownFirst ? own(alone, alonePort) : ours(supervised, supervisedPort);
                Report second = ownFirst ? ours(supervised, supervisedPort) : own(alone, alonePort);
                Report own = ownFirst ? first : second;
                Report ours = ownFirst ? second : first;
                Report still = run(load(supervisedPort), () -> {});
                ratios.add(p999(ours) / p999(own));
                notes.add("p99.9 " + Table.number(p999(ours)) + " ms by Handover, " + Table.number(p999(own))
                        + " ms by its own reload (" + own.dropped() + " lost), " + Table.number(p999(still))
                        + " ms without");
            }
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Figure.atMost(BOUND, "", "p99.9 of connect times, by Handover / by " + peer + " itself", ratios, notes);
    }

    private static double p999(Report report) {
        return report.load().connect().p999();
    }

    private static ChaosOptions load(int port) {
        return ChaosOptions.of(LoadOptions.of(
                new Target("127.0.0.1", port), Mode.HTTP, RATE, BETWEEN_RELOADS.multipliedBy(RELOADS + 1)));
    }

    private static Report ours(Supervised supervised, int port) throws IOException, InterruptedException {
        return Concurrent.trusted(
                run(load(port), () -> Concurrent.spread(RELOADS, BETWEEN_RELOADS, () -> Reload.now(supervised))));
    }

    /** What it loses is its own affair, and said. */
    private static Report own(Unsupervised alone, int port) throws IOException, InterruptedException {
        return run(load(port), () -> Concurrent.spread(RELOADS, BETWEEN_RELOADS, alone::reload));
    }

    private static Report run(ChaosOptions load, Concurrent.Meanwhile meanwhile)
            throws IOException, InterruptedException {
        return Concurrent.whatever(() -> ChaosRun.run(load), meanwhile);
    }
}
