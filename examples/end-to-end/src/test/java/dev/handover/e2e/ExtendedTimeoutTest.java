package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that needs longer than is configured, and says so by sd_notify's {@code EXTEND_TIMEOUT_USEC}. */
@Timeout(180)
class ExtendedTimeoutTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long CONFIGURED_MILLIS = 10_000;
    private static final Path PROGRAM = Path.of("src/test/resources/dev/handover/e2e/extend.py");

    @TempDir
    Path folder;

    @Test
    void whoAsksForTimeHasItToStartAndToDrain() throws Exception {
        Path started = folder.resolve("started");
        Path ended = folder.resolve("ended");
        int port = Supervised.freePort();
        String services = """
                [services.web]
                command = ["python3", "%s", "%d", "%s", "%s"]
                listen = ["tcp://127.0.0.1:%d"]
                ready-timeout = "10s"
                drain = "SIGTERM"
                drain-timeout = "10s"
                """.formatted(PROGRAM.toAbsolutePath(), port, started, ended, port);
        try (Supervised supervised = Supervised.launch(services)) {
            awaitBeyondItsTime(supervised, "starting");
            Files.createFile(started);
            supervised.awaitRunning();

            Process reload = new ProcessBuilder(supervised.ctlWords("reload"))
                    .redirectErrorStream(true)
                    .start();
            awaitBeyondItsTime(supervised, "draining");
            Files.createFile(ended);
            String out = new String(reload.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(reload.waitFor()).as(out + supervised.log()).isZero();
            assertThat(out)
                    .contains("web: generation 2 serves, generation 1 is gone")
                    .contains("lossless, steered");
            assertThat(supervised.log()).doesNotContain("web/g1/w1 is started again");
        }
    }

    /** Until the first generation's worker stands there longer than it may without having asked. */
    private static void awaitBeyondItsTime(Supervised supervised, String state) {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class) // its socket is not there yet
                .untilAsserted(() -> {
                    JsonObject worker = worker(supervised.ask("status"));
                    assertThat(worker.get("state").getAsString()).isEqualTo(state);
                    assertThat(worker.get("in_state_ms").getAsLong()).isGreaterThan(CONFIGURED_MILLIS);
                    assertThat(worker.get("extended_ms").getAsLong()).isPositive();
                });
    }

    private static JsonObject worker(JsonObject status) {
        JsonElement service = status.getAsJsonArray("services").get(0);
        JsonElement generation =
                service.getAsJsonObject().getAsJsonArray("generations").get(0);
        return generation.getAsJsonObject().getAsJsonArray("workers").get(0).getAsJsonObject();
    }
}
