package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is answered by HTTP, through a reload, the supervisor's death, and changes of the file. */
@Timeout(300)
class HttpTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(PATIENCE)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private List<String> counters(int port) throws IOException, InterruptedException {
        return get(port, "/metrics")
                .body()
                .lines()
                .filter(line -> line.matches("handover_(reloads|handovers|rollbacks|drained|worker_exits|flip).*"))
                .toList();
    }

    private static String http(int port) {
        return "[http]\nlisten = \"127.0.0.1:" + port + "\"\n";
    }

    @Test
    void countersOutliveTheSupervisorAndAReloadMovesTheListener() throws Exception {
        int port = Supervised.freePort();
        int first = Supervised.freePort();
        int second = Supervised.freePort();
        String service = Example.HELLO.service(1, Example.tcp("127.0.0.1", port));
        try (Supervised supervised = Supervised.start(http(first) + service)) {
            assertThat(get(first, "/readyz").statusCode()).isEqualTo(200);
            assertThat(supervised.ctl("reload").exitCode()).as(supervised.log()).isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get(first, "/metrics").body())
                            .contains("handover_reloads_total{outcome=\"completed\",service=\"hello\"} 1.0")
                            .contains("handover_handovers_total{service=\"hello\",verdict=\"lossless\"} 1.0")
                            .contains("handover_serving_generation{service=\"hello\"} 2.0"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(counters(first))
                            .contains("handover_worker_exits_total{service=\"hello\",while=\"leaving\"} 1.0"));
            List<String> before = counters(first);

            supervised.killSupervisor();
            supervised.startAgain();
            supervised.awaitRunning();
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(get(first, "/healthz").statusCode()).isEqualTo(200));
            assertThat(counters(first)).isEqualTo(before);

            supervised.configure(http(second) + service);
            assertThat(supervised.ctl("reload").exitCode()).as(supervised.log()).isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(get(second, "/healthz").statusCode()).isEqualTo(200));
            assertThat(supervised.log()).contains("answers HTTP no more at http://127.0.0.1:" + first);
        }
    }

    /** By headless Chromium, which shows the page as its script has made it after some seconds. */
    @Test
    void thePageFollowsAReload() throws Exception {
        assumeTrue(isThere("chromium"), "there is no chromium (Debian: chromium)");
        int port = Supervised.freePort();
        int http = Supervised.freePort();
        try (Supervised supervised =
                Supervised.start(http(http) + Example.HELLO.service(1, Example.tcp("127.0.0.1", port)))) {
            Path shown = folder.resolve("shown.html");
            Process browser = new ProcessBuilder(
                            "chromium",
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--user-data-dir=" + folder.resolve("profile"),
                            "--virtual-time-budget=8000",
                            "--dump-dom",
                            "http://127.0.0.1:" + http + "/")
                    .redirectOutput(shown.toFile())
                    .redirectError(folder.resolve("stderr").toFile())
                    .start();
            Ran reload = supervised.ctl("reload");
            assertThat(reload.exitCode()).as(reload + supervised.log()).isZero();
            assertThat(browser.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(shown).content().contains("generation 2").contains(">live</span>");
        }
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }
}
