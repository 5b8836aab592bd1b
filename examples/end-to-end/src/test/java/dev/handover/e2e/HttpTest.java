package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is answered by HTTP, through a reload, the supervisor's death, and changes of the file. */
@Timeout(300)
class HttpTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final String ID = "id: ";

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

    /** In headless Chromium, under load. */
    @Test
    void thePageShowsAReloadAsItGoes() throws Exception {
        Chaos.needs("chromium");
        int port = Supervised.freePort();
        int http = Supervised.freePort();
        try (Supervised supervised =
                        Supervised.start(http(http) + Example.HELLO.service(1, Example.tcp("127.0.0.1", port)));
                Browser browser = new Browser(folder, "http://127.0.0.1:" + http + "/")) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(browser.text()).contains("live").contains("generation 1 serving"));
            // Whoever looks goes on reading: what he has opened, and where he is, stays.
            browser.evaluate("document.getElementById('pause').focus()");
            browser.evaluate("document.getElementById('reload-hello-1').mark = 'the same'");

            LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.BANNER, 100, Duration.ofSeconds(3));
            Report report = Chaos.shown(
                    "a reload that a page follows", ChaosRun.run(Chaos.options(load, 1, supervised)), supervised);

            Chaos.isLossless(report);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.text())
                            .contains("generation 2 serving")
                            .contains("lossless")
                            .contains("what the witnesses saw"));
            assertThat(browser.evaluate(
                            "document.activeElement.id + ', ' + document.getElementById('reload-hello-1').mark"))
                    .contains("pause, the same");
            assertThat(browser.evaluate("document.querySelectorAll('.generation').length"))
                    .contains("\"value\":1");
            assertThat(browser.evaluate("document.getElementById('news').textContent"))
                    .contains("generation 2 serving");

            supervised.killSupervisor();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.text()).contains("The supervisor does not answer"));
            supervised.startAgain();
            supervised.awaitRunning();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser.text()).doesNotContain("does not answer"));
        }
    }

    /** Through an upgrade, as an EventSource does: it comes again with the number that it had last. */
    @Test
    void eventsAreGoneOnWithAfterAnUpgrade() throws Exception {
        int http = Supervised.freePort();
        try (Supervised supervised = Supervised.start(
                http(http) + Example.HELLO.service(1, Example.tcp("127.0.0.1", Supervised.freePort())))) {
            List<String> before;
            try (Stream<String> told = events(http, "0")) {
                supervised.ctl("upgrade").succeeded();
                before = told.toList(); // it has an end
            }
            assertThat(String.join("\n", before))
                    .contains("generation-serving")
                    .contains("supervisor-gives-way")
                    .contains("event: end");
            String last = before.stream()
                    .filter(line -> line.startsWith(ID))
                    .reduce((first, second) -> second)
                    .orElseThrow()
                    .substring(ID.length());
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(get(http, "/healthz").statusCode()).isEqualTo(200));
            try (Stream<String> after = events(http, last)) {
                assertThat(after.filter(line -> line.startsWith(ID)).findFirst())
                        .contains(ID + (Long.parseLong(last) + 1));
            }
        }
    }

    /** Once the stream has begun. */
    private Stream<String> events(int port, String after) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/events"))
                                .header("Last-Event-ID", after)
                                .build(),
                        HttpResponse.BodyHandlers.ofLines())
                .body();
    }
}
