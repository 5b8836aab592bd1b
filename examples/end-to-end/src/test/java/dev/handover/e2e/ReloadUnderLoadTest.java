package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Outcome;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import dev.handover.harness.Supervised;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reloads while clients connect: every attempt is counted, and the handover may lose none. */
@Isolated("puts the machine under load")
@Tag("chaos")
class ReloadUnderLoadTest {
    private static final int RELOADS = 2;
    private static final int WORKERS = 2;
    private static final double RATE = 500;
    private static final Duration DURATION = Duration.ofSeconds(4);
    private static final int PORT_OVER_THE_LINK = 8080;

    private static LoadOptions load(Example example, String address, int port) {
        return LoadOptions.of(new Target(address, port), example.mode(), RATE, DURATION);
    }

    private static ChaosOptions options(LoadOptions load, Supervised supervised) {
        return Chaos.options(load, RELOADS, supervised);
    }

    /**
     * A plain handover resets what is on its way to a listener, or waits in it, when that is closed. In the time that the
     * slowest of those who were served took, no more can have come to be there.
     */
    private static void losesOnlyWhatAListenerHeld(Report report, double rate, int reloads) {
        assertThat(report.dropped())
                .as("lost before anyone had accepted them")
                .isEqualTo(report.count(Outcome.RESET_BEFORE_REPLY) + report.count(Outcome.RESET_WHILE_CONNECTING));
        long atOnce = (long) Math.ceil(rate * report.load().latency().max() / 1000);
        assertThat(report.dropped()).isLessThanOrEqualTo(reloads * atOnce);
    }

    @ParameterizedTest
    @EnumSource
    void overALinkNothingIsLost(Example example) throws Exception {
        try (Link link = Chaos.link();
                Supervised supervised = Supervised.start(
                        example.service(Link.SERVER_ADDRESS, PORT_OVER_THE_LINK, WORKERS), link::inServer)) {
            LoadOptions load = load(example, Link.SERVER_ADDRESS, PORT_OVER_THE_LINK);
            Report report = ChaosRun.runOver(link, options(load, supervised));
            Chaos.isLossless(Chaos.shown(example + " over a link", report, supervised));
        }
    }

    /** Shows that the tests above can fail: the handshakes in flight are lost, and nothing but these. */
    @Test
    void overALinkAPlainHandoverLosesTheHandshakesInFlight() throws Exception {
        Example example = Example.ECHO_WORKER;
        String service = example.service(Link.SERVER_ADDRESS, PORT_OVER_THE_LINK, WORKERS) + "handover = \"plain\"\n";
        try (Link link = Chaos.link();
                Supervised supervised = Supervised.start(service, link::inServer)) {
            LoadOptions load = load(example, Link.SERVER_ADDRESS, PORT_OVER_THE_LINK);
            Report report =
                    Chaos.shown("plain, over a link", ChaosRun.runOver(link, options(load, supervised)), supervised);
            assertThat(report.dropped()).isPositive();
            losesOnlyWhatAListenerHeld(report, RATE, RELOADS);
        }
    }

    /** While the old generation drains, for as long as a connection of it lives, the new one must be reached. */
    @Test
    void aServiceThatIsTurnedToPlainAndBackIsReachedAllTheWhile() throws Exception {
        int port = Supervised.freePort();
        String steered = Example.ECHO_WORKER.service("127.0.0.1", port, WORKERS) + "drain-timeout = \"3s\"\n";
        List<String> services = List.of(steered + "handover = \"plain\"\n", steered);
        try (Supervised supervised = Supervised.start(steered);
                Socket open = new Socket("127.0.0.1", port)) {
            open.getOutputStream().write('\n');
            assertThat(open.getInputStream().read()).isEqualTo('\n');
            LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.LINE, 200, DURATION);
            ReloadOptions reloads = ReloadOptions.of(services.size(), supervised.reloadCommand(services));
            Report report = Chaos.shown(
                    "steered, plain, steered",
                    ChaosRun.run(ChaosOptions.of(load).withReloads(reloads)),
                    supervised);
            losesOnlyWhatAListenerHeld(report, 200, services.size());
            assertThat(report.load().delayed()).isZero();
        }
    }

    @Test
    void keptAliveConnectionsMoveToTheNewGenerationWithoutALostRequest() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(Example.HTTP_WORKER.service("127.0.0.1", port, WORKERS))) {
            LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.KEEPALIVE, RATE, DURATION);
            Report report = Chaos.shown("kept alive", ChaosRun.run(options(load, supervised)), supervised);
            Chaos.isLossless(report);
            assertThat(report.load().metClosing())
                    .as("requests that met a closing connection")
                    .isZero();
        }
    }
}
