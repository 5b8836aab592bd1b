package dev.handover.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Outcome;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A load over a link: real namespaces, real packets. */
final class LinkRunTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Duration DELAY = Duration.ofMillis(20);

    @BeforeEach
    void aLinkIsPossibleHere() {
        assumeThat(Link.obstacle()).as("no link here: %s", Link.obstacle()).isNull();
    }

    private static Process startServer(Link link) throws IOException {
        return new ProcessBuilder(link.inServer(List.of(
                        JAVA, "-cp", System.getProperty("java.class.path"), BannerServer.class.getName(), "8080")))
                .inheritIO()
                .start();
    }

    private static boolean exists(String namespace) {
        return Files.exists(Path.of("/run/netns", namespace));
    }

    @ParameterizedTest
    @ValueSource(strings = {Link.SERVER_ADDRESS, Link.SERVER_ADDRESS_6})
    void everythingTakesTheRoundTripAndNothingIsLost(String address) throws Exception {
        String serverNamespace;
        Process server;
        try (Link link = Link.open(DELAY)) {
            serverNamespace = link.serverNamespace();
            server = startServer(link);
            LoadOptions load = LoadOptions.of(new Target(address, 8080), Mode.BANNER, 50, Duration.ofSeconds(1));
            Report report = ChaosRun.runOver(
                    link,
                    ChaosOptions.of(load)
                            .waitingForTarget(Duration.ofSeconds(20))
                            .withReloads(ReloadOptions.of(1, "ip netns identify $$; echo $CLIENT_NS")));

            assertThat(report.count(Outcome.OK))
                    .as("%s", report.load().losses())
                    .isEqualTo(report.load().attempts())
                    .isGreaterThanOrEqualTo(50);
            assertThat(report.load().connect().p50()).isGreaterThanOrEqualTo(40);
            assertThat(report.load().latency().p50()).isGreaterThanOrEqualTo(60);
            assertThat(report.reloads().get(0).lastLines()).containsExactly(serverNamespace, link.clientNamespace());
            assertThat(report.link()).isNotNull();
            assertThat(link.counts().there()).isGreaterThan(50 * 3);
            assertThat(link.counts().back()).isGreaterThan(50 * 3);
            assertThat(link.counts().dropped()).isZero();
        }
        assertThat(exists(serverNamespace)).isFalse();
        assertThat(server.isAlive())
                .as("what ran in the namespace ends with it")
                .isFalse();
    }

    @Test
    void twoLinksDoNotMeet() throws IOException {
        try (Link one = Link.open(DELAY);
                Link other = Link.open(DELAY)) {
            assertThat(one.serverNamespace()).isNotEqualTo(other.serverNamespace());
        }
    }

    @Test
    void clientWhoseTargetNeverAnswersIsReported() throws IOException {
        try (Link link = Link.open(DELAY)) {
            ChaosOptions options = ChaosOptions.of(
                            LoadOptions.of(new Target(Link.SERVER_ADDRESS, 1), Mode.BANNER, 10, Duration.ofSeconds(1)))
                    .waitingForTarget(Duration.ofMillis(1));
            assertThatThrownBy(() -> ChaosRun.runOver(link, options))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("exited with 3");
        }
    }

    @Test
    void aTerminatedProgramLeavesNothingBehind() throws Exception {
        Process chaos = new ProcessBuilder(
                        JAVA,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChaosMain.class.getName(),
                        "link",
                        "1ms",
                        "--",
                        "sh",
                        "-c",
                        "echo $SERVER_NS; echo $CLIENT_NS; sleep 60; true")
                .start();
        try (BufferedReader lines = chaos.inputReader(StandardCharsets.UTF_8)) {
            String server = lines.readLine();
            String client = lines.readLine();
            assertThat(exists(server)).isTrue();
            List<ProcessHandle> below = chaos.descendants().toList();
            chaos.destroy();
            assertThat(chaos.waitFor()).isEqualTo(128 + 15);
            assertThat(exists(server)).isFalse();
            assertThat(exists(client)).isFalse();
            for (ProcessHandle process : below) {
                process.onExit().join();
            }
        } finally {
            chaos.destroyForcibly();
        }
    }

    @Test
    void delaysOutOfRangeAreRefused() {
        assertThatThrownBy(() -> Link.open(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Link.open(Duration.ofSeconds(11))).isInstanceOf(IllegalArgumentException.class);
    }
}
