package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A command once new connections go to a generation: it meets the new one, and whatever it comes to leaves that serving. */
class AfterFlipTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int port = Supervised.freePort();
    private final String service = Example.HELLO.service("127.0.0.1", port, 1);
    private final Supervised supervised;

    AfterFlipTest() throws Exception {
        supervised = Supervised.start(service);
    }

    @AfterEach
    void stop() throws IOException {
        supervised.close();
    }

    /** A shell's script is to be run in the folder of the configuration. */
    private void configure(String script, String timeout) throws IOException {
        supervised.configure(service + "after-flip = [\"sh\", \"-c\", \"" + script + "\"]\nafter-flip-timeout = \""
                + timeout + "\"\n");
    }

    private Path file(String name) {
        return supervised.folder().resolve(name);
    }

    private String written(String name) throws IOException {
        await().atMost(PATIENCE).until(() -> Files.exists(file(name)));
        return Files.readString(file(name)).strip();
    }

    private static void awaitEnd(long pid) {
        await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void itMeetsTheNewGenerationAndKnowsWhichThatIs() throws Exception {
        Files.writeString(file("client.py"), """
                import socket, sys
                print(socket.create_connection(("127.0.0.1", int(sys.argv[1]))).makefile().readline().split()[-1])
                """);
        List<Long> old = supervised.workerPids();
        configure(
                "echo $HANDOVER_SERVICE $HANDOVER_GENERATION $HANDOVER_WORKER $NOTIFY_SOCKET >> ran;"
                        + " python3 client.py " + port + " >> met",
                "30s");

        Ran reload = supervised.ctl("reload");

        assertThat(reload.exitCode()).as(reload.out() + reload.err()).isZero();
        assertThat(reload.out()).contains("the after-flip command of hello generation 2 is done (after flip, ");
        assertThat(written("ran")).isEqualTo("hello 2 0");
        assertThat(supervised.workerPids())
                .containsExactly(Long.parseLong(written("met")))
                .doesNotContainAnyElementsOf(old);
    }

    @Test
    void oneThatFailsFailsTheReloadAndTheNewGenerationServes() throws Exception {
        List<Long> old = supervised.workerPids();
        configure("echo no such host >&2; exit 3", "30s");

        Ran reload = supervised.ctl("reload");

        assertThat(reload.exitCode()).isEqualTo(1);
        assertThat(reload.out() + reload.err())
                .contains("hello generation 2 serves, but hello/g2/after-flip (pid ", ") exited with 3", "no such host")
                .contains("(command failed)");
        assertThat(supervised.log()).contains("hello/g2/after-flip: no such host");
        assertThat(supervised.workerPids()).hasSize(1).doesNotContainAnyElementsOf(old);
        Ran status = supervised.ctl("status");
        assertThat(status.exitCode()).isZero();
        assertThat(status.out()).contains("last reload failed at ", ") exited with 3", "| no such host");
    }

    @Test
    void oneThatIsTooSlowIsKilledWithAllThatItStarted() throws Exception {
        configure("sleep 1000 & echo $! > child.new; mv child.new child; echo at it; wait", "5s");

        Ran reload = supervised.ctl("reload");

        assertThat(reload.exitCode()).isEqualTo(1);
        assertThat(reload.out() + reload.err())
                .contains("hello generation 2 serves, but hello/g2/after-flip ", "was not done within 5 s", "at it");
        awaitEnd(Long.parseLong(written("child")));
        assertThat(supervised.ctl("status").exitCode()).isZero();
    }

    @Test
    void theNextSupervisorEndsItAndRunsItAgain() throws Exception {
        // Waits at its first run, and is done at the second.
        configure(
                "echo $HANDOVER_GENERATION >> ran; [ -e child ] && exit 0; sleep 1000 & echo $! > child.new;"
                        + " mv child.new child; wait",
                "60s");
        supervised.ctl("reload", "--no-wait").succeeded();
        long child = Long.parseLong(written("child"));
        await().atMost(PATIENCE).until(() -> supervised.workerPids().size() == 1);
        List<Long> workers = supervised.workerPids();

        supervised.killSupervisor();
        assertThat(ProcessHandle.of(child)).isPresent();
        supervised.startAgain();

        supervised.awaitRunning();
        awaitEnd(child);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(supervised.log()).containsPattern("g2/after-flip .*exited with 0 after"));
        assertThat(written("ran")).isEqualTo("2\n2");
        assertThat(supervised.workerPids()).isEqualTo(workers);
    }

    @Test
    void aStartWhoseCommandFailsSaysSoAndTheServiceRuns() throws Exception {
        supervised.ctl("stop", "hello").succeeded();
        configure("echo no such host; exit 7", "30s");

        Ran start = supervised.ctl("start", "hello");

        assertThat(start.exitCode()).isEqualTo(1);
        assertThat(start.err())
                .contains("hello generation 2 serves, but hello/g2/after-flip (pid ", "exited with 7", "no such host");
        assertThat(supervised.ctl("status").exitCode()).isZero();
    }
}
