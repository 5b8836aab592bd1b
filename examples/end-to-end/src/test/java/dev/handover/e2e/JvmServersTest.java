package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import dev.handover.harness.Supervised;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** JVM servers that know nothing of us, services of one supervisor, each reloaded while clients connect to it. */
@Isolated("puts the machine under load")
@Tag("chaos")
class JvmServersTest {
    private static final double KEPT_ALIVE_RATE = 200;
    private static final int KEPT_ALIVE = 10;
    private static final Duration DURATION = Duration.ofSeconds(4);

    private static final Map<JvmServer, Integer> PORTS = new EnumMap<>(JvmServer.class);
    private static Supervised supervised;

    @BeforeAll
    static void startAll() throws Exception {
        StringBuilder services = new StringBuilder();
        for (JvmServer server : JvmServer.values()) {
            if (!server.isHere()) {
                continue;
            }
            int port = Supervised.freePort();
            PORTS.put(server, port);
            services.append(server.service(port)).append('\n');
        }
        supervised = Supervised.start(services.toString());
    }

    @AfterAll
    static void endAll() throws Exception {
        if (supervised != null) {
            supervised.close();
        }
    }

    private static LoadOptions load(JvmServer server, Mode mode, double rate) {
        return LoadOptions.of(new Target("127.0.0.1", PORTS.get(server)), mode, rate, DURATION);
    }

    @ParameterizedTest
    @EnumSource
    void shortConnectionsAndThoseKeptAliveAreAllServedThroughAReload(JvmServer server) throws Exception {
        assumeTrue(server.isHere(), server + " needs a JDK 18 or later: JAVA_HOME_25, or one beside this JDK");
        String reload = String.join(" ", supervised.ctlWords("reload", server.serviceName()));
        List<Report> reports = Chaos.both(
                ChaosRun::run,
                ChaosOptions.of(load(server, Mode.HTTP, server.rate())).withReloads(ReloadOptions.of(1, reload)),
                load(server, Mode.KEEPALIVE, KEPT_ALIVE_RATE).withConnections(KEPT_ALIVE));
        Chaos.isLossless(Chaos.shown(server + ", short connections", reports.get(0), supervised));

        Report keptAlive = Chaos.printed(server + ", kept alive", reports.get(1));
        Chaos.lostNothing(keptAlive);
        assertThat(keptAlive.load().metClosing())
                .as("requests that met a closing connection")
                .isZero();
    }
}
