package dev.handover.bench;

import dev.handover.harness.Supervised;
import java.io.IOException;
import java.util.List;

/** What the supervisor itself adds to a reload. */
final class OwnTimeBench implements Bench {
    private static final int RUNS = 40;
    private static final int WARM_UP = 10;
    private static final double BOUND = 50;

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        try (Supervised supervised = Supervised.start(Hello.service("127.0.0.1", Supervised.freePort(), 2))) {
            double first = Reload.now(supervised).own();
            Reload.times(supervised, WARM_UP - 1);
            List<Reload> reloads = Reload.times(supervised, runs > 0 ? runs : RUNS);
            return List.of(Figure.atMost(
                    BOUND,
                    "ms",
                    "a reload less worker start, drain and end, 2 workers",
                    new Samples(reloads.stream().map(Reload::own).toList()),
                    List.of(
                            "of it " + median(reloads, "flip") + " flip, " + median(reloads, "quiesce") + " quiesce, "
                                    + median(reloads, "release") + " release",
                            "first reload after the daemon's start: " + Table.number(first) + " ms; " + WARM_UP
                                    + " went before those counted")));
        }
    }

    private static String median(List<Reload> reloads, String phase) {
        return Table.number(new Samples(
                                reloads.stream().map(one -> one.phase(phase)).toList())
                        .median())
                + " ms";
    }
}
