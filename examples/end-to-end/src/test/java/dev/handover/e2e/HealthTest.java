package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A service whose workers are asked for their health, as it is run: a bad new version, and workers that go bad. */
@Isolated("puts the machine under load")
@Timeout(300)
class HealthTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private String service(int port) throws IOException {
        Path program = folder.resolve("health.py");
        try (InputStream source = Objects.requireNonNull(getClass().getResourceAsStream("health.py"))) {
            Files.write(program, source.readAllBytes());
        }
        return """
                [services.web]
                command = ["python3", "health.py", "%d", "${HANDOVER_GENERATION}", "${HANDOVER_WORKER}"]
                directory = "%s"
                listen = ["tcp://127.0.0.1:%d"]
                workers = 2
                ready = "listening"
                drain = "SIGTERM"
                health = { http = "/healthz", interval = "200ms", timeout = "10s", failures = 3 }
                """.formatted(port, folder, port);
    }

    private void bad(String worker, boolean bad) throws IOException {
        Path mark = folder.resolve("bad-" + worker);
        if (bad) {
            Files.createFile(mark);
        } else {
            Files.delete(mark);
        }
    }

    private static String ask(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: web\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return reply.substring(reply.indexOf("\r\n\r\n") + 4);
        }
    }

    /** Whom 60 clients reach, as generation and worker. */
    private static Set<String> reached(int port) throws IOException {
        Set<String> workers = new TreeSet<>();
        for (int i = 0; i < 60; i++) {
            workers.add(ask(port));
        }
        return workers;
    }

    /** Of one of the first generation's, as soon as it is this. */
    private static JsonObject awaitHealth(Supervised supervised, int worker, String state) {
        return await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(
                        () -> supervised
                                .ask("status")
                                .getAsJsonArray("services")
                                .get(0)
                                .getAsJsonObject()
                                .getAsJsonArray("generations")
                                .get(0)
                                .getAsJsonObject()
                                .getAsJsonArray("workers")
                                .get(worker - 1)
                                .getAsJsonObject()
                                .getAsJsonObject("health"),
                        health -> health != null
                                && health.get("state").getAsString().equals(state));
    }

    @Test
    void aNewGenerationWithABadPageIsAbandonedAndNoClientMeetsIt() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(service(port))) {
            bad("2-2", true);
            LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.HTTP, 200, Duration.ofSeconds(5));
            Report report = ChaosRun.run(Chaos.options(load, 1, supervised));
            Chaos.printed("a bad new generation", report);
            assertThat(report.reloads()).satisfiesExactly(reload -> {
                assertThat(reload.exitCode()).isEqualTo(1);
                assertThat(String.join("\n", reload.lastLines()))
                        .contains(
                                "is unhealthy: GET /healthz at 127.0.0.1:" + port
                                        + " was answered with 500, not 200, 3 times in a row",
                                "generation 2 abandoned, generation 1 still serves");
            });
            Chaos.lostNothing(report);
            assertThat(reached(port)).containsExactly("1-1", "1-2");
            assertThat(supervised.log()).doesNotContain("generation 2: STARTING -> READY");

            assertThat(supervised.ctl("reload").exitCode()).isZero();
            assertThat(reached(port)).containsExactly("3-1", "3-2");
        }
    }

    @Test
    void aServingWorkerThatGoesBadGetsNoNewConnectionsUntilItAnswersAndTheLastOneAllTheSame() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(service(port))) {
            awaitHealth(supervised, 1, "healthy");
            awaitHealth(supervised, 2, "healthy");
            assertThat(reached(port)).containsExactly("1-1", "1-2");

            bad("1-1", true);
            JsonObject health = awaitHealth(supervised, 1, "unhealthy");
            assertThat(health.get("why").getAsString()).contains("was answered with 500, not 200");
            assertThat(health.get("set_aside").getAsBoolean()).isTrue();
            assertThat(reached(port)).containsExactly("1-2");
            assertThat(supervised.ctl("status").out())
                    .contains("running, generation 1 serves", "unhealthy since ", ", gets no new connections");

            bad("1-2", true);
            awaitHealth(supervised, 2, "unhealthy");
            assertThat(reached(port)).containsExactly("1-1", "1-2");
            assertThat(supervised.ctl("status")).satisfies(status -> {
                assertThat(status.exitCode()).isZero();
                assertThat(status.out()).contains("no worker is healthy: web/g1/w1");
            });
            assertThat(supervised.log())
                    .containsPattern("web/g1/w2 \\(pid \\d+\\) gets new connections all the same: no other worker");

            bad("1-1", false);
            awaitHealth(supervised, 1, "healthy");
            assertThat(reached(port)).containsExactly("1-1");
            bad("1-2", false);
            awaitHealth(supervised, 2, "healthy");
            assertThat(reached(port)).containsExactly("1-1", "1-2");
        }
    }
}
