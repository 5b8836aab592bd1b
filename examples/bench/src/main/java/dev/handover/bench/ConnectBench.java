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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What reloads do to the slowest clients: the same load with and without them, one after the other. */
final class ConnectBench implements Bench {
    private static final int RELOADS = 20;
    private static final int PAIRS = 4;
    private static final double RATE = 500;
    private static final double BOUND = 1.5;
    private static final Duration BETWEEN_RELOADS = Duration.ofSeconds(2);
    private static final Duration ROUND_TRIP = Duration.ofMillis(40);
    private static final int PORT_OVER_THE_LINK = 8080;

    /** Puts a load on the service, wherever the two are. */
    @FunctionalInterface
    private interface Chaos {
        Report run(ChaosOptions options) throws IOException, InterruptedException;
    }

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        int reloads = Math.max(1, (runs > 0 ? runs : RELOADS) / PAIRS);
        List<Figure> figures = new ArrayList<>();
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(Hello.service("127.0.0.1", port, 2))) {
            Target target = new Target("127.0.0.1", port);
            figures.add(figure("loopback", target, ChaosRun::run, supervised, reloads));
        }
        @Nullable String obstacle = Link.obstacle();
        if (obstacle != null) {
            throw new IOException(obstacle);
        }
        try (Link link = Link.open(ROUND_TRIP.dividedBy(2));
                Supervised supervised =
                        Supervised.start(Hello.service(Link.SERVER_ADDRESS, PORT_OVER_THE_LINK, 2), link::inServer)) {
            Target target = new Target(Link.SERVER_ADDRESS, PORT_OVER_THE_LINK);
            figures.add(figure(
                    "round trip 40 ms", target, options -> ChaosRun.runOver(link, options), supervised, reloads));
        }
        return figures;
    }

    private static Figure figure(String way, Target target, Chaos chaos, Supervised supervised, int reloads)
            throws IOException, InterruptedException {
        Samples ratios = new Samples();
        List<String> notes = new ArrayList<>();
        Reload.times(supervised, 3);
        ChaosOptions load =
                ChaosOptions.of(LoadOptions.of(target, Mode.BANNER, RATE, BETWEEN_RELOADS.multipliedBy(reloads + 1)));
        for (int pair = 0; pair < PAIRS; pair++) {
            double without = chaos.run(load).load().connect().p999();
            double with = Concurrent.during(
                            () -> chaos.run(load),
                            () -> Concurrent.spread(reloads, BETWEEN_RELOADS, () -> Reload.now(supervised)))
                    .load()
                    .connect()
                    .p999();
            ratios.add(with / without);
            notes.add("p99.9 " + Table.number(without) + " ms without, " + Table.number(with) + " ms with " + reloads
                    + " reloads");
        }
        return Figure.atMost(BOUND, "", "p99.9 of connect times, with reloads / without, " + way, ratios, notes);
    }
}
