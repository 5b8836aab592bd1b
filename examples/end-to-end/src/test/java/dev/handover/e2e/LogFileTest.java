package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service with a log file of its own, through a reload, a rotation by somebody else, and the supervisor's death. */
@Timeout(180)
class LogFileTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void theFileHasWhatEachGenerationWroteAndIsOpenedAnewWhenItWasMoved() throws Exception {
        Path log = folder.resolve("web.log");
        int port = Supervised.freePort();
        String services = """
                [services.web]
                command = ["sh", "-c", "echo a line of its own; exec python3 %s 127.0.0.1 %d"]
                listen = ["tcp://127.0.0.1:%d"]
                ready = "listening"
                drain = "idle"
                log = { file = "%s", prefix = true }
                """.formatted(Checkout.example("python/hello.py"), port, port, log);
        try (Supervised supervised = Supervised.start(services)) {
            awaitLine(log, "web/g1/w1: a line of its own");

            Path moved = Files.move(log, folder.resolve("moved"));
            supervised.signal("USR1");
            await().atMost(PATIENCE).until(() -> Files.exists(log));
            reload(supervised);
            awaitLine(log, "web/g2/w1: a line of its own");
            assertThat(moved).content().doesNotContain("g2");
            assertThat(supervised.log()).contains("SIGUSR1: 1 log file is opened anew");

            supervised.killSupervisor();
            supervised.startAgain();
            supervised.awaitRunning();
            reload(supervised);
            awaitLine(log, "web/g3/w1: a line of its own");
            assertThat(log).content().contains("g2");
            assertThat(supervised.log()).doesNotContain("a line of its own");
        }
    }

    @Test
    void aServiceServesThoughItsLogCanNotBeWrittenAndThatIsSaid() throws Exception {
        int port = Supervised.freePort();
        Path log = folder.resolve("gone/hello.log");
        String services = Example.HELLO.service("127.0.0.1", port, 1) + "log = { file = \"" + log + "\" }\n";
        try (Supervised supervised = Supervised.start(services)) {
            String trouble = log + " can't be written: there is no folder " + log.getParent();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(supervised.ctl("status").out()).contains("the log " + trouble));
            assertThat(supervised.ctl("doctor").out()).contains("its log " + trouble);
            Files.createDirectory(log.getParent());
            await().atMost(PATIENCE).until(() -> Files.exists(log));
        }
    }

    private static void awaitLine(Path log, String line) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(log).content().contains(line));
    }

    private static void reload(Supervised supervised) throws Exception {
        Ran reload = supervised.ctl("reload");
        assertThat(reload.exitCode()).as(reload + supervised.log()).isZero();
    }
}
