package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Services that come after others: each tells whether it met the one before it, as it started and as it stopped. */
class OrderTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final int dbPort = Supervised.freePort();
    private final int webPort = Supervised.freePort();
    private final Path program = Files.createTempFile("tier", ".py");
    private final Supervised supervised;

    OrderTest() throws Exception {
        try (InputStream source = Objects.requireNonNull(getClass().getResourceAsStream("tier.py"))) {
            Files.write(program, source.readAllBytes());
        }
        supervised = Supervised.launch(db() + web());
    }

    @AfterEach
    void stop() throws IOException {
        supervised.close();
        Files.delete(program);
    }

    private String db() {
        return service("db", dbPort, "\"" + dbPort + "\"");
    }

    private String web() {
        return service("web", webPort, "\"" + webPort + "\", \"" + dbPort + "\"") + "after = [\"db\"]\n";
    }

    private String service(String name, int port, String ports) {
        return "[services." + name + "]\ncommand = [\"python3\", \"" + program + "\", \"" + name + "\", " + ports
                + "]\nlisten = [\"" + Example.tcp("127.0.0.1", port)
                + "\"]\nready = \"listening\"\nready-timeout = \"1h\"\ndrain = \"SIGTERM\"\n";
    }

    private void mayListen(String service) throws IOException {
        Files.createFile(supervised.folder().resolve(service + ".go"));
    }

    private List<String> met() throws IOException {
        Path file = supervised.folder().resolve("met");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** Until status shows that it waits, with whom. */
    private void awaitWaiting() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Ran status = supervised.ctl("status", "web");
            assertThat(status.exitCode()).isEqualTo(3);
            assertThat(status.out())
                    .contains("web: waiting since ", "waits for db; supervisorctl start web starts it at once");
        });
    }

    @Test
    void itIsStartedWhenTheOtherRunsAndTheOtherIsStoppedWhenItHasStopped() throws Exception {
        awaitWaiting();
        assertThat(met()).isEmpty();

        mayListen("db");
        await().atMost(PATIENCE).until(() -> !met().isEmpty());
        mayListen("web");
        supervised.awaitRunning();
        supervised.ctl("shutdown").succeeded();

        assertThat(met()).containsExactly("web starts db", "web stops db");
    }

    @Test
    void aReloadThatAddsItStartsItWhenTheOtherRunsAndIsAnsweredThen() throws Exception {
        mayListen("db");
        mayListen("web");
        supervised.awaitRunning();
        supervised.configure(db());
        supervised.ctl("reload").succeeded();
        supervised.ctl("stop", "db").succeeded();
        supervised.configure(db() + web());
        Files.delete(supervised.folder().resolve("db.go"));
        Process start = new ProcessBuilder(supervised.ctlWords("start", "db")).start();
        await().atMost(PATIENCE)
                .until(() -> supervised.ctl("status", "db").out().contains("db: starting"));
        Process reload = new ProcessBuilder(supervised.ctlWords("reload", "web")).start();
        awaitWaiting();
        Files.delete(supervised.folder().resolve("met"));

        mayListen("db");

        assertThat(reload.waitFor()).isZero();
        assertThat(start.waitFor()).isZero();
        assertThat(met()).containsExactly("web starts db");
    }

    @Test
    void whereTheOtherNeverComesUpItWaitsForTheNextSupervisorTooUntilItIsAskedFor() throws Exception {
        awaitWaiting();
        supervised.killSupervisor();
        supervised.startAgain();
        awaitWaiting();

        mayListen("web");
        supervised.ctl("start", "web").succeeded();

        assertThat(met()).containsExactly("web starts [Errno 111] Connection refused");
        assertThat(supervised.ctl("status", "web").exitCode()).isZero();
        assertThat(supervised.ctl("status", "db").exitCode()).isEqualTo(3);
    }
}
