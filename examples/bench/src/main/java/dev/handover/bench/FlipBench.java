package dev.handover.bench;

import dev.handover.harness.Supervised;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** From the moment when the last worker's readiness is seen to the moment when new connections go to the new generation. */
final class FlipBench implements Bench {
    private static final int RUNS_OF_ONE = 40;
    private static final int RUNS_OF_MANY = 15;
    private static final int MANY = 16;
    /** The daemon's JVM compiles what it runs often. */
    private static final int WARM_UP = 10;

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        figures.add(figure(1, 5, runs > 0 ? runs : RUNS_OF_ONE));
        figures.add(figure(MANY, 20, runs > 0 ? runs : RUNS_OF_MANY));
        return figures;
    }

    private static Figure figure(int workers, double bound, int runs) throws IOException, InterruptedException {
        try (Supervised supervised = Supervised.start(Hello.service("127.0.0.1", Supervised.freePort(), workers))) {
            double first = Reload.now(supervised).phase("flip");
            Reload.times(supervised, WARM_UP - 1);
            Samples flips = new Samples(Reload.times(supervised, runs).stream()
                    .map(one -> one.phase("flip"))
                    .toList());
            return Figure.atMost(
                    bound,
                    "ms",
                    "READY seen to flip done, " + (workers == 1 ? "1 worker" : workers + " workers"),
                    flips,
                    List.of("first reload after the daemon's start: " + Table.number(first) + " ms; " + WARM_UP
                            + " went before those counted"));
        }
    }
}
