package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** {@code supervisorctl hold}: new connections wait while a command of the user's runs. */
@Isolated("puts the machine under load")
@Tag("chaos")
@Timeout(300)
class HoldTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Shows what the launcher, or a JVM, changes for itself. */
    private static final String SURROUNDINGS = "echo ${LC_ALL-no} ${JAVA_TOOL_OPTIONS-no} ${MALLOC_ARENA_MAX-no}"
            + " ${HANDOVER_CHANGED-no} $(ulimit -Sn) $(grep SigBlk /proc/self/status)";

    private final int port = Supervised.freePort();
    private final Supervised supervised;

    HoldTest() throws Exception {
        supervised = Supervised.start(Example.HELLO.service("127.0.0.1", port, 2));
    }

    @AfterEach
    void stop() throws IOException {
        supervised.close();
    }

    private boolean isOnHold() throws IOException {
        JsonObject service =
                supervised.ask("status").getAsJsonArray("services").get(0).getAsJsonObject();
        return service.has("hold");
    }

    private Process hold(String... words) throws Exception {
        Process hold = new ProcessBuilder(supervised.ctlWords(words))
                .redirectErrorStream(true)
                .start();
        await().atMost(PATIENCE).until(this::isOnHold);
        return hold;
    }

    @Test
    void connectionsThatWaitForACommandAreAllServedAfterwards() throws Exception {
        String hold = supervised.reloadCommand().replaceFirst(" reload\\b", " hold hello --max 20s -- sleep 1.5");
        LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.BANNER, 200, Duration.ofSeconds(4))
                .withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(30));

        Report report = Chaos.shown(
                "hold", ChaosRun.run(ChaosOptions.of(load).withReloads(ReloadOptions.of(1, hold))), supervised);

        Chaos.lostNothing(report);
        assertThat(report.load().delayed()).as("those that waited").isGreaterThan(100);
        assertThat(report.reloads().get(0).lastLines())
                .anySatisfy(
                        line -> assertThat(line).contains("hello: new connections waited for ", "SYNs were dropped"));
        assertThat(isOnHold()).isFalse();
    }

    @Test
    void theCommandsExitCodeIsTheAnswerAndAReloadWaits() throws Exception {
        Ran migration = supervised.ctl("hold", "hello", "--max", "20s", "--", "sh", "-c", SURROUNDINGS + "; exit 3");
        assertThat(migration.exitCode()).as(migration.err()).isEqualTo(3);
        assertThat(migration.out())
                .as("the caller's own")
                .isEqualTo(Ran.run(PATIENCE, List.of("sh", "-c", SURROUNDINGS)).out());
        assertThat(migration.err())
                .contains("hello: new connections waited for ")
                .hasLineCount(1);
        Ran missing = supervised.ctl("hold", "hello", "--max", "20s", "--", "./no-such-program");
        assertThat(missing.exitCode()).isEqualTo(127);
        assertThat(missing.err()).contains("./no-such-program could not be started");
        assertThat(supervised.ctl("hold", "hello", "--max", "2m").exitCode()).isEqualTo(2);

        Process hold = hold("hold", "hello", "--max", "60s");
        assertThat(supervised.ctl("status").out()).contains("on hold since ");
        Ran reload = supervised.ctl("reload", "--no-wait", "hello").succeeded();
        assertThat(reload.out()).contains("its reload begins when that is over");
        assertThat(supervised.ask("status").toString()).doesNotContain("\"generation\":2");
        supervised.ctl("hold", "hello", "--end").succeeded();
        assertThat(hold.waitFor()).isZero();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(supervised.ctl("status").out()).contains("generation 2 serves"));
    }

    @Test
    void nobodyWaitsForACallerOrASupervisorThatIsKilled() throws Exception {
        Process caller = hold("hold", "hello", "--max", "60s");
        killAll(caller);
        await().atMost(PATIENCE).until(() -> !isOnHold());

        Process other = hold("hold", "hello", "--max", "60s", "--", "sh", "-c", "sleep 1; exit 4");
        List<Long> before = supervised.workerPids();
        supervised.killSupervisor();
        assertThat(greeting()).as("without a supervisor").startsWith("Hello from Python process ");
        assertThat(other.waitFor()).as("its command goes on").isEqualTo(4);
        assertThat(new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("the hold has ended with it");
        supervised.startAgain();
        supervised.awaitRunning();
        assertThat(isOnHold()).isFalse();
        assertThat(supervised.workerPids()).isEqualTo(before);
        assertThat(greeting()).startsWith("Hello from Python process ");
    }

    private String greeting() throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout((int) PATIENCE.toMillis());
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The launcher may be a shell around the JVM. */
    private static void killAll(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
