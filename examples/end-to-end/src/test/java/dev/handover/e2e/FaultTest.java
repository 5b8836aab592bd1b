package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A worker of the old or the new generation, or the supervisor, is killed or stopped while a reload is held in one of its
 * phases: what clients lose by it, and what becomes of the reload.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultTest {
    private static final int CALLERS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** No limit is to be the reason for anything, however long a stalled machine takes to find, stop and let go of a worker. */
    private static final String UNLIMITED = """
            ready-timeout = "5m"
            quiesce-timeout = "5m"
            drain-timeout = "5m"
            kill-grace = "5m"
            """;

    private static final Pattern ONE_READY =
            Pattern.compile("\"generation\":2,[^\\[]*\"workers\":\\[\\{\"worker\":1,\"state\":\"ready\"");

    /** Where a reload is held. */
    enum Phase {
        /** No new worker is ready. */
        START,
        /** One new worker is ready, and the other is not. */
        READY,
        /** Handshakes are in flight to the old generation. */
        QUIESCE,
        /** The old generation has connections that go on. */
        DRAIN,
        /** The old workers have said DONE, and do not exit. */
        EXIT
    }

    enum Side {
        OLD,
        NEW
    }

    enum Fault {
        KILL,
        STOP
    }

    @TempDir
    Path folder;

    private final List<AutoCloseable> holds = new ArrayList<>();
    private int port;
    private Supervised supervised;
    private Callers callers;

    private void start(String limits) throws Exception {
        port = Supervised.freePort();
        try (InputStream program = Objects.requireNonNull(FaultTest.class.getResourceAsStream("held.py"))) {
            Files.copy(program, folder.resolve("held.py"));
        }
        supervised = Supervised.start(services(limits));
        callers = new Callers(CALLERS, port);
        callers.awaitServed(10 * CALLERS);
    }

    private String services(String limits) {
        return """
                [services.echo]
                command = ["python3", "%s", "%s"]
                listen = ["tcp://127.0.0.1:%d"]
                workers = 2
                """.formatted(folder.resolve("held.py"), folder, port) + limits;
    }

    @AfterEach
    void end() throws Exception {
        letGo();
        callers.end();
        List<Long> all = List.copyOf(pids().values());
        supervised.close();
        // Whose supervisor was killed ends as init's child, which may take a moment to notice.
        await().atMost(PATIENCE)
                .until(() -> all.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            START   | OLD | KILL | 8 | generation 2 serves, generation 1 is gone
            START   | OLD | STOP | 0 | lossless, steered
            START   | NEW | KILL | 0 | was killed by SIGKILL before it was ready; generation 2 abandoned, generation 1 still serves
            START   | NEW | STOP | 0 | a slow one a longer ready-timeout; generation 2 abandoned, generation 1 still serves
            READY   | OLD | KILL | 8 | generation 2 serves, generation 1 is gone
            READY   | OLD | STOP | 0 | lossless, steered
            READY   | NEW | KILL | 0 | generation 2 abandoned, generation 1 still serves
            READY   | NEW | STOP | 0 | not shown: echo/g2/w1
            QUIESCE | OLD | KILL | 4 | was killed by SIGKILL before it was told to drain
            QUIESCE | OLD | STOP | 0 | lossless, steered
            QUIESCE | NEW | KILL | 8 | generation 2 serves, generation 1 is gone
            QUIESCE | NEW | STOP | 0 | not shown: echo/g2/w1
            DRAIN   | OLD | KILL | 4 | not shown: echo/g1/w1
            DRAIN   | OLD | STOP | 4 | did not drain within its deadline
            DRAIN   | NEW | KILL | 8 | generation 2 serves, generation 1 is gone
            DRAIN   | NEW | STOP | 0 | not shown: echo/g2/w1
            EXIT    | OLD | KILL | 0 | lossless, steered
            EXIT    | OLD | STOP | 0 | lossless, steered
            EXIT    | NEW | KILL | 8 | generation 2 serves, generation 1 is gone
            EXIT    | NEW | STOP | 0 | not shown: echo/g2/w1
            """)
    void onlyWhatTheVictimHadIsLostAndTheNextReloadIsLossless(
            Phase phase, Side victim, Fault fault, int mostLost, String told) throws Exception {
        start(limits(phase, victim, fault));
        prepare(phase);
        Process reload = new ProcessBuilder(supervised.ctlWords("reload"))
                .redirectErrorStream(true)
                .start();
        awaitHeld(phase);
        String worker = victim == Side.OLD ? "echo/g1/w1" : "echo/g2/w1";
        signal(fault.name(), worker);
        if (fault == Fault.KILL) {
            // Else the reload might get on before it is noticed.
            awaitSeen(Pattern.compile(worker + " .*was killed by SIGKILL"));
        }
        if (fault == Fault.STOP && victim == Side.NEW && phase.compareTo(Phase.READY) > 0) {
            // Else the reload might end before anybody has come to it.
            await().atMost(PATIENCE).until(() -> somebodyWaitsFor(worker));
        }
        letGo();
        if (fault == Fault.STOP && victim == Side.OLD && phase.compareTo(Phase.DRAIN) < 0) {
            awaitLog("SERVING -> QUIESCING");
            signal("CONT", worker);
        }
        String said = new String(reload.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said).as(supervised.log()).contains(told);
        assertThat(said.contains("lossless, steered") && supervised.log().contains("that it had not accepted: lost"))
                .as("lossless, with a loss: " + said)
                .isFalse();
        assertThat(reload.waitFor()).as(said).isEqualTo(told.contains("abandoned") ? 1 : 0);
        if (fault == Fault.STOP && victim == Side.NEW && phase != Phase.START) {
            signal("CONT", worker);
        }
        callers.awaitServed(10 * CALLERS);
        supervised.awaitRunning();
        nextReloadIsLossless();
        callers.end();
        assertThat(callers.lost())
                .as(supervised.log())
                .hasSizeLessThanOrEqualTo(mostLost)
                .noneMatch(one -> one.contains("refused"));
    }

    @ParameterizedTest
    @EnumSource
    void nextSupervisorGoesOnWhereOneWasKilled(Phase phase) throws Exception {
        start(UNLIMITED);
        prepare(phase);
        Process reload = new ProcessBuilder(supervised.ctlWords("reload"))
                .redirectErrorStream(true)
                .start();
        awaitHeld(phase);
        supervised.killSupervisor();
        assertThat(reload.waitFor()).as("the supervisor went away").isEqualTo(7);
        callers.awaitServed(10 * CALLERS);
        supervised.startAgain();
        letGo();
        // One generation alone is left.
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class) // until the next one answers
                .untilAsserted(() -> assertThat(supervised.ask("status").toString())
                        .as(supervised.log())
                        .contains("\"state\":\"running\"", "\"state\":\"serving\"")
                        .doesNotContainPattern("\"state\":\"(starting|quiescing|draining|stopping)\""));
        nextReloadIsLossless();
        callers.end();
        assertThat(callers.lost()).as(supervised.log()).isEmpty();
        assertThat(supervised.log()).doesNotContain("is no worker of this supervisor");
    }

    @Test
    void clientThatNeverEndsItsHandshakeDelaysTheOldGenerationOnlyToTheLimit() throws Exception {
        start(UNLIMITED.replaceFirst("(quiesce-timeout =) .*", "$1 \"500ms\""));
        prepare(Phase.QUIESCE);
        Ran reload = supervised.ctl("reload");
        assertThat(reload.exitCode()).as(reload.err()).isZero();
        assertThat(reload.out())
                .containsPattern("\\d+ handshakes in flight, 8 left")
                .contains("its time is over", "not shown: ", ", 8 handshakes left");
        callers.end();
        assertThat(callers.lost()).isEmpty();
    }

    /** Short ones where it is a limit that ends what the fault has left. */
    private static String limits(Phase phase, Side victim, Fault fault) {
        if (fault == Fault.KILL) {
            return UNLIMITED;
        }
        return switch (phase) {
            case START ->
                victim == Side.OLD
                        ? UNLIMITED
                        : UNLIMITED
                                .replaceFirst("(ready-timeout =) .*", "$1 \"10s\"")
                                .replaceFirst("(kill-grace =) .*", "$1 \"1s\"");
            case DRAIN, EXIT ->
                victim == Side.NEW
                        ? UNLIMITED
                        : UNLIMITED
                                .replaceFirst("(drain-timeout =) .*", "$1 \"5s\"")
                                .replaceFirst("(kill-grace =) .*", "$1 \"1s\"");
            case READY, QUIESCE -> UNLIMITED;
        };
    }

    private void nextReloadIsLossless() throws Exception {
        String next = supervised.ask("reload").toString();
        assertThat(next).as(supervised.log()).contains("\"verdict\":\"lossless\"");
    }

    /** Sees to it that the reload to come, or its old generation, will be held in the phase. */
    private void prepare(Phase phase) throws Exception {
        switch (phase) {
            case START -> gates("ready-g2-w1", "ready-g2-w2");
            case READY -> gates("ready-g2-w2");
            case EXIT -> gates("exit-g1-w1", "exit-g1-w2");
            case QUIESCE, DRAIN -> {
                for (int i = 0; i < 8; i++) {
                    Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
                    if (phase == Phase.DRAIN) {
                        client.getOutputStream().write('\n');
                        assertThat(client.getInputStream().read()).isEqualTo('\n');
                    }
                    holds.add(client);
                }
            }
        }
    }

    private void gates(String... names) throws Exception {
        for (String name : names) {
            Ran made = Ran.run(PATIENCE, List.of("mkfifo", folder.resolve(name).toString()));
            assertThat(made.exitCode()).as(made.err()).isZero();
        }
    }

    private void awaitHeld(Phase phase) throws Exception {
        switch (phase) {
            case START -> hold("ready-g2-w1", "ready-g2-w2");
            case READY -> {
                hold("ready-g2-w2");
                await().atMost(PATIENCE)
                        .until(() -> ONE_READY
                                .matcher(supervised.ask("status").toString())
                                .find());
            }
            case QUIESCE -> awaitLog("SERVING -> QUIESCING");
            case DRAIN -> awaitLog("QUIESCING -> DRAINING");
            case EXIT -> hold("exit-g1-w1", "exit-g1-w2");
        }
    }

    /** Returns once the workers wait at these gates. */
    private void hold(String... gates) throws IOException {
        for (String name : gates) {
            OutputStream open = Files.newOutputStream(folder.resolve(name));
            holds.add(open);
        }
    }

    private boolean somebodyWaitsFor(String worker) throws IOException {
        String[] name = worker.split("/[gw]", -1);
        return Pattern.compile("\"generation\":" + name[1] + ",\"worker\":" + name[2] + ",[^}]*\"waiting\":")
                .matcher(supervised.ask("status").toString())
                .find();
    }

    private void awaitLog(String text) {
        awaitSeen(Pattern.compile(Pattern.quote(text)));
    }

    private void awaitSeen(Pattern text) {
        await().atMost(PATIENCE).until(() -> text.matcher(supervised.log()).find());
    }

    private void letGo() throws Exception {
        for (AutoCloseable one : holds) {
            one.close();
        }
        holds.clear();
    }

    private void signal(String signal, String worker) throws Exception {
        String pid = Long.toString(Objects.requireNonNull(pids().get(worker), worker));
        Ran kill = Ran.run(PATIENCE, List.of("kill", "-" + signal, pid));
        assertThat(kill.exitCode()).as(kill.err()).isZero();
    }

    /** The latest pid of each worker that was ever started. */
    private Map<String, Long> pids() throws IOException {
        Map<String, Long> pids = new HashMap<>();
        Matcher started =
                Pattern.compile("(echo/g\\d+/w\\d+) started \\(pid (\\d+)").matcher(supervised.log());
        while (started.find()) {
            pids.put(started.group(1), Long.valueOf(started.group(2)));
        }
        return pids;
    }
}
