package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import dev.handover.harness.Supervised;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Reloads in a row while clients connect: a few with every build, and with {@code -Dsoak} so many that it takes an hour. */
@Isolated("puts the machine under load")
@Tag("chaos")
class SoakTest {
    private static final int WORKERS = 2;
    private static final int PORT_OVER_THE_LINK = 8080;
    /** Of the generations after the first, which has as many as the last. */
    private static final List<Integer> WORKER_COUNTS = List.of(1, 4, 1, 3, 2, 8, 8, 1);

    private static final Duration PAUSE = Duration.ofSeconds(Chaos.SOAK ? 3 : 1);

    @ParameterizedTest
    @EnumSource
    void noneOfTwoThousandConnectionsASecondIsLostOrDelayed(Example example) throws Exception {
        int port = Supervised.freePort();
        int reloads = Chaos.SOAK ? 100 : 2;
        try (Supervised supervised = Supervised.start(example.service("127.0.0.1", port, WORKERS))) {
            LoadOptions load = LoadOptions.of(
                    new Target("127.0.0.1", port), example.mode(), 2000, PAUSE.multipliedBy(reloads + 1));
            Report report = ChaosRun.run(Chaos.options(load, reloads, supervised));
            Chaos.isLossless(Chaos.shown(example + ", " + reloads + " reloads", report, supervised));
            assertThat(report.load().delayed())
                    .as("delayed by a SYN sent again")
                    .isZero();
        }
    }

    static Stream<Example> thoseWhoseWorkersChange() {
        return Chaos.SOAK ? Arrays.stream(Example.values()) : Stream.of(Example.HELLO);
    }

    @ParameterizedTest
    @MethodSource("thoseWhoseWorkersChange")
    void noneIsLostOverALinkWhenTheNumberOfWorkersChanges(Example example) throws Exception {
        List<String> services = WORKER_COUNTS.stream()
                .map(workers -> example.service(Link.SERVER_ADDRESS, PORT_OVER_THE_LINK, workers))
                .toList();
        try (Link link = Chaos.link();
                Supervised supervised = Supervised.start(services.get(services.size() - 1), link::inServer)) {
            LoadOptions load = LoadOptions.of(
                    new Target(Link.SERVER_ADDRESS, PORT_OVER_THE_LINK),
                    example.mode(),
                    Chaos.SOAK ? 1000 : 500,
                    PAUSE.multipliedBy(services.size() + 1));
            ReloadOptions reloads = ReloadOptions.of(services.size(), supervised.reloadCommand(services));
            Report report = ChaosRun.runOver(link, ChaosOptions.of(load).withReloads(reloads));
            Chaos.isLossless(
                    Chaos.shown(example + ", 1 and " + WORKER_COUNTS + " workers, over a link", report, supervised));
        }
    }

    @Test
    void connectionsThatTheOldGenerationAcceptedLiveToTheirOwnEnd() throws Exception {
        int port = Supervised.freePort();
        Duration lifetime = Duration.ofSeconds(Chaos.SOAK ? 10 : 3);
        int reloads = Chaos.SOAK ? 20 : 2;
        try (Supervised supervised = Supervised.start(Example.ECHO_WORKER.service("127.0.0.1", port, WORKERS))) {
            LoadOptions load = LoadOptions.of(
                            new Target("127.0.0.1", port), Mode.LONG, 100, lifetime.multipliedBy(reloads + 1))
                    .withLongConnections(lifetime, Duration.ofMillis(500));
            Report report = ChaosRun.run(Chaos.options(load, reloads, supervised));
            Chaos.isLossless(Chaos.shown("long-lived", report, supervised));
        }
    }
}
