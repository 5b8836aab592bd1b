package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new generation gets some of the clients before all. */
@Isolated("puts the machine under load")
@Tag("chaos")
class CanaryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double RATE = 500;
    private static final String CHOSEN = "127.1.2.3";
    private static final String OTHER = "127.0.0.1";

    private final int port = Supervised.freePort();
    private final Supervised supervised;
    private final List<Long> first;

    CanaryTest() throws Exception {
        supervised = Supervised.start(Example.HELLO.service("127.0.0.1", port, 2)
                + "canary = { steps = [\"10%\", \"50%\"], step = \"500ms\" }\n");
        first = supervised.workerPids();
    }

    @AfterEach
    void stop() throws IOException {
        supervised.close();
    }

    /** What the worker says that a client of this address comes to. */
    private String banner(String client) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(client, 0));
            socket.connect(new InetSocketAddress("127.0.0.1", port), (int) PATIENCE.toMillis());
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private boolean comesToTheFirst(String client) throws IOException {
        String banner = banner(client);
        return first.stream().anyMatch(pid -> banner.contains(" " + pid + " ") || banner.contains(" " + pid + "\n"));
    }

    /** One that only the chosen clients get, and that stays so. */
    private void onCanary() throws Exception {
        supervised
                .ctl("reload", "hello", "--no-wait", "--clients", "127.1.2.0/24", "--pause")
                .succeeded();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(supervised.ctl("status").out()).contains("gets 127.1.2.0/24, step 1 of 1"));
    }

    @Test
    void reloadsByWayOfACanaryDropNothing() throws Exception {
        LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.BANNER, RATE, Duration.ofSeconds(6));

        Report report = Chaos.shown(
                "reload by a canary",
                ChaosRun.run(ChaosOptions.of(load).withReloads(ReloadOptions.of(2, supervised.reloadCommand()))),
                supervised);

        Chaos.isLossless(report);
        assertThat(supervised.ctl("status").out()).contains("generation 3 serves, steered");
    }

    @Test
    void onlyChosenClientsComeToItAndPromotedItGetsAll() throws Exception {
        onCanary();
        List<Long> both = supervised.workerPids();
        assertThat(comesToTheFirst(CHOSEN)).isFalse();
        assertThat(comesToTheFirst(OTHER)).isTrue();

        Ran promoted = supervised.ctl("promote").succeeded();

        assertThat(promoted.out()).isEqualTo("hello generation 2 has all new connections\n");
        assertThat(comesToTheFirst(OTHER)).isFalse();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(supervised.workerPids()).hasSize(2).doesNotContainAnyElementsOf(first));
        assertThat(both).containsAll(supervised.workerPids()); // those that were tried serve
        assertThat(supervised.ctl("history").out()).contains("generation 1; completed", "generation 2, which serves");
    }

    @Test
    void rolledBackAllClientsComeToTheFirstAgain() throws Exception {
        onCanary();

        Ran rollback = supervised.ctl("rollback").succeeded();

        assertThat(rollback.out()).contains("lossless, steered", "generation 2 had clients for ");
        assertThat(comesToTheFirst(CHOSEN)).isTrue();
        assertThat(supervised.workerPids()).isEqualTo(first);
        assertThat(supervised.ctl("history").out()).contains("is rolled back, asked for by ");
    }

    @Test
    void oneOfWhichAWorkerDiesIsRolledBackByItself() throws Exception {
        onCanary();
        long victim = supervised.workerPids().stream()
                .filter(pid -> !first.contains(pid))
                .findFirst()
                .orElseThrow();

        ProcessHandle.of(victim).ifPresent(ProcessHandle::destroyForcibly);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(supervised.ctl("status").out())
                        .contains("last reload failed at ", "is rolled back by itself, ", "was killed by SIGKILL"));
        assertThat(comesToTheFirst(CHOSEN)).isTrue();
        assertThat(supervised.workerPids()).isEqualTo(first);
    }

    @Test
    void theNextSupervisorLeadsAllToTheFirstAgain() throws Exception {
        onCanary();

        supervised.killSupervisor();
        assertThat(comesToTheFirst(CHOSEN)).isFalse(); // the kernel goes on as it was
        supervised.startAgain();
        supervised.awaitRunning();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(supervised.workerPids()).isEqualTo(first));
        assertThat(comesToTheFirst(CHOSEN)).isTrue();
    }

    /** Whose workers do no more with a client, and that some come to first. */
    private String bad(String client) {
        String program = "import socket; kept = []; l = socket.socket(); l.setsockopt(1, 15, 1); l.bind(('127.0.0.1', "
                + port + ")); l.listen(99)\nwhile True: " + client;
        return "[services.hello]\ncommand = [\"python3\", \"-c\", '''" + program + "''']\nlisten = [\"tcp://127.0.0.1:"
                + port + "\"]\nready = \"listening\"\ndrain = \"SIGTERM\"\ndrain-timeout = \"1s\"\n"
                + "canary = { clients = [\"127.1.0.0/16\"], steps = [], step = \"5m\" }\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"l.accept()[0].close()", "kept.append(l.accept())"})
    void oneThatAnswersNobodyIsRolledBackByItselfAndTheOthersLoseNothing(String client) throws Exception {
        supervised.configure(bad(client));
        Process reload = new ProcessBuilder(supervised.ctlWords("reload"))
                .redirectErrorStream(true)
                .start();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(supervised.ask("status").toString()).contains("\"state\":\"canary\""));
        LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.BANNER, RATE / 2, Duration.ofSeconds(3))
                .withTimeouts(PATIENCE, Duration.ofSeconds(5));

        List<Report> reports = Chaos.both(
                ChaosRun::run,
                ChaosOptions.of(load),
                load.withSources(IntStream.rangeClosed(1, 50)
                        .mapToObj(i -> "127.1.1." + i)
                        .toList()));

        Chaos.lostNothing(Chaos.printed("beside a bad canary", reports.get(0)));
        assertThat(Chaos.printed("at a bad canary", reports.get(1)).dropped()).isPositive();
        assertThat(new String(reload.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .as(supervised.log())
                .contains("is rolled back by itself, ", "got no answer, where 0 of ");
        assertThat(comesToTheFirst(CHOSEN)).isTrue();
        assertThat(supervised.workerPids()).isEqualTo(first);
    }
}
