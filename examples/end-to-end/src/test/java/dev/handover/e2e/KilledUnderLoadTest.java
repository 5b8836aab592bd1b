package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Outcome;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import dev.handover.harness.Checkout;
import dev.handover.harness.Supervised;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** kill -9 of a worker while clients connect. */
@Isolated("puts the machine under load")
@Tag("chaos")
class KilledUnderLoadTest {
    private static final int KILLS = 3;
    private static final double RATE = 2000;
    private static final Duration DURATION = Duration.ofSeconds(6);

    @BeforeEach
    void nobodyElseMovesTheConnections() throws IOException {
        assumeTrue(
                Files.readString(Path.of("/proc/sys/net/ipv4/tcp_migrate_req"))
                        .strip()
                        .equals("0"),
                "the kernel would move the connections");
    }

    /** A worker that greets one client at a time has accepted one at most that it has not served. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void onlyWhatTheWorkerHadAcceptedIsLost(int workers) throws Exception {
        int port = Supervised.freePort();
        Report report = killUnderLoad(
                "worker.py", Example.PYTHON_WORKER.service("127.0.0.1", port, workers), Mode.BANNER, port);
        assertThat(report.dropped()).isLessThanOrEqualTo(KILLS);
    }

    /** How many an event loop had accepted in its last turn nobody can tell; the log tells that no other was lost. */
    @Test
    void javaWorkerAdoptsOnceTheAdapterIsOnItsClassPath() throws Exception {
        int port = Supervised.freePort();
        String classPath =
                Checkout.exampleJar("echo-worker") + File.pathSeparator + System.getProperty("java.class.path");
        String service = """
                [services.echo]
                command = ["%s", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "dev.handover.example.echo.EchoWorker"]
                environment = { CLASSPATH = "%s" }
                listen = ["tcp://127.0.0.1:%d"]
                workers = 2
                """.formatted(Checkout.java(), classPath, port);
        killUnderLoad("echo-worker that adopts", service, Mode.LINE, port);
    }

    private static Report killUnderLoad(String what, String service, Mode mode, int port) throws Exception {
        try (Supervised supervised = Supervised.start(service)) {
            LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), mode, RATE, DURATION);
            Report report = Chaos.shown(
                    what + ", killed",
                    ChaosRun.run(ChaosOptions.of(load).withReloads(ReloadOptions.of(KILLS, supervised.killCommand()))),
                    supervised);
            assertThat(report.count(Outcome.REFUSED)).isZero();
            assertThat(supervised.log()).doesNotContain(": lost").contains("adopted by", "; 0 lost");
            return report;
        }
    }
}
