package dev.handover.supervisor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Report.ServiceState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The figures, and what docs/ says of them. */
class FiguresTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern NAME = Pattern.compile("\\b(?:handover|process)_[a-z_]+");

    private final Figures figures = new Figures("1.2.3");

    private String exposed(String accept) {
        Answer answer = figures.expose(
                FakeSupervisor.status(ServiceState.RUNNING),
                Map.of(ListenAddress.parse("tcp://127.0.0.1:1"), 6L),
                accept);
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void tellsWhatIsAndWhatWasCounted() {
        assertThat(exposed("").lines())
                .contains(
                        "handover_build_info{version=\"1.2.3\"} 1",
                        "handover_configuration_differences 1.0",
                        "handover_service_state{service=\"web\",state=\"running\"} 1.0",
                        "handover_service_state{service=\"web\",state=\"down\"} 0.0",
                        "handover_serving_generation{service=\"web\"} 8.0",
                        "handover_workers_wanted{service=\"web\"} 2.0",
                        "handover_workers_ready{service=\"web\"} 2.0",
                        "handover_workers_unhealthy{service=\"web\"} 1.0",
                        "handover_generation_state{generation=\"8\",service=\"web\",state=\"serving\"} 1.0",
                        "handover_generation_connections{generation=\"8\",service=\"web\"} 7.0",
                        "handover_generation_cpu_seconds_total{generation=\"8\",service=\"web\"} 2.31",
                        "handover_generation_memory_bytes{generation=\"8\",service=\"web\"} 1.5204352E8",
                        "handover_connections{address=\"tcp://127.0.0.1:1\",service=\"web\"} 6.0",
                        "handover_accept_queue_length{address=\"tcp://127.0.0.1:1\",service=\"web\"} 5.0",
                        "handover_queue_drops_total{address=\"tcp://127.0.0.1:1\",service=\"web\"} 12.0",
                        "handover_reloads_total{outcome=\"completed\",service=\"web\"} 7.0",
                        "handover_handovers_total{service=\"web\",verdict=\"lossless\"} 6.0",
                        "handover_drained_connections_total{fate=\"finished\",service=\"web\"} 40.0",
                        "handover_reload_duration_seconds_count{service=\"web\"} 7",
                        "handover_reload_duration_seconds_sum{service=\"web\"} 3.5",
                        "handover_last_reload_success{service=\"web\"} 1.0");
    }

    @Test
    void speaksOpenMetricsToWhoAsksForIt() {
        assertThat(exposed("application/openmetrics-text; version=1.0.0; charset=utf-8"))
                .contains("# TYPE handover_reloads counter\n")
                .endsWith("# EOF\n");
    }

    @Test
    void everyMetricIsExplainedWithItsTypeAndNothingElseIs() throws IOException {
        List<String> documented = Files.readString(DOCS.resolve("metrics.md"))
                .split("## Which there are")[1]
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" \\| ", 3))
                .map(cells -> cells[0] + " | " + cells[1])
                .toList();
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Metric.values())
                        .map(metric -> "| `" + metric.text() + "` | "
                                + metric.type().name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    @Test
    void whatIsExposedIsAsDeclared() {
        for (Metric metric : Metric.values()) {
            String type = switch (metric.type()) {
                case INFO -> "gauge"; // in this format
                default -> metric.type().name().toLowerCase(Locale.ROOT);
            };
            if (metric != Metric.HANDOVER_RECEIVE_QUEUE_BYTES) { // of UDP alone
                assertThat(exposed("")).contains("# TYPE " + metric.text() + " " + type + "\n");
            }
        }
    }

    @Test
    void promtoolHasNothingToSayAgainstIt() throws Exception {
        assumeTrue(isThere("promtool"), "there is no promtool (Debian: prometheus)");
        Process check = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        check.getOutputStream().write(exposed("").getBytes(StandardCharsets.UTF_8));
        check.getOutputStream().close();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).as(said).isZero();
        assertThat(said).isEmpty();
    }

    @Test
    void dashboardAndAlertsAskForMetricsThatThereAre() throws IOException {
        List<String> names = Arrays.stream(Metric.values())
                .flatMap(metric -> metric.type() == Metric.Type.SUMMARY
                        ? Stream.of(metric.text() + "_sum", metric.text() + "_count")
                        : Stream.of(metric.text()))
                .toList();
        for (String file : List.of("grafana/handover.json", "prometheus/alerts.yml")) {
            List<String> asked = NAME.matcher(Files.readString(DOCS.resolve(file)))
                    .results()
                    .map(match -> match.group())
                    .distinct()
                    .toList();
            assertThat(asked).as(file).hasSizeGreaterThan(5).isSubsetOf(names);
        }
    }

    @Test
    void promtoolTakesTheAlerts() throws Exception {
        assumeTrue(isThere("promtool"), "there is no promtool (Debian: prometheus)");
        Process check = new ProcessBuilder("promtool", "check", "rules", "alerts.yml")
                .directory(DOCS.resolve("prometheus").toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).as(said).isZero();
    }

    private static boolean isThere(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
