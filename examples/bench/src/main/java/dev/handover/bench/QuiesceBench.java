package dev.handover.bench;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long what is in flight over a slow link takes to run empty. */
final class QuiesceBench implements Bench {
    private static final int RUNS = 20;
    /** The daemon's JVM compiles what it runs often. */
    private static final int WARM_UP = 10;

    private static final Duration ROUND_TRIP = Duration.ofMillis(40);
    private static final double MARGIN_MILLIS = 20;
    private static final double RATE = 1000;
    private static final int PORT = 8080;
    private static final Duration BEFORE = Duration.ofSeconds(3);
    private static final Duration FOR_EACH = Duration.ofMillis(1500);

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        @Nullable String obstacle = Link.obstacle();
        if (obstacle != null) {
            throw new IOException(obstacle);
        }
        int count = runs > 0 ? runs : RUNS;
        try (Link link = Link.open(ROUND_TRIP.dividedBy(2));
                Supervised supervised = Supervised.start(Hello.service(Link.SERVER_ADDRESS, PORT, 2), link::inServer)) {
            Reload.times(supervised, WARM_UP);
            LoadOptions load = LoadOptions.of(
                    new Target(Link.SERVER_ADDRESS, PORT),
                    Mode.BANNER,
                    RATE,
                    BEFORE.plus(FOR_EACH.multipliedBy(count)));
            Samples quiesces = new Samples();
            Report report = Concurrent.during(() -> ChaosRun.runOver(link, ChaosOptions.of(load)), () -> {
                TimeUnit.MILLISECONDS.sleep(BEFORE.toMillis());
                long next = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    quiesces.add(Reload.now(supervised).phase("quiesce"));
                    next += FOR_EACH.toNanos();
                    TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
                }
            });
            return List.of(Figure.atMost(
                    ROUND_TRIP.toMillis() + MARGIN_MILLIS,
                    "ms",
                    "quiesce, round trip 40 ms, 1,000 connections a second",
                    quiesces,
                    List.of(report.dropped() + " of " + report.load().attempts() + " connections lost, "
                            + report.load().delayed() + " delayed by a SYN sent again")));
        }
    }
}
