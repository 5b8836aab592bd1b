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

/** A command before the workers of a new generation: where it fails, the generation that serves does not notice. */
class BeforeStartTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** Writes down the process that it has in its session, and waits for it. */
    private static final String ENDLESS = "sleep 1000 & echo $! > child.new; mv child.new child; echo at it; wait";

    private final String service;
    private final Supervised supervised;

    BeforeStartTest() throws Exception {
        service = Example.HELLO.service("127.0.0.1", Supervised.freePort(), 1);
        supervised = Supervised.start(service);
    }

    @AfterEach
    void stop() throws IOException {
        supervised.close();
    }

    /** A shell's script is to be run in the folder of the configuration before the workers. */
    private void configure(String script, String timeout) throws IOException {
        supervised.configure(service + "before-start = [\"sh\", \"-c\", \"" + script + "\"]\nbefore-start-timeout = \""
                + timeout + "\"\n");
    }

    private Path file(String name) {
        return supervised.folder().resolve(name);
    }

    private long child() throws IOException {
        await().atMost(PATIENCE).until(() -> Files.exists(file("child")));
        return Long.parseLong(Files.readString(file("child")).strip());
    }

    private static void awaitEnd(long pid) {
        await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void itRunsOnceForTheGenerationThatItPrecedesAndKnowsWhich() throws Exception {
        configure("echo $HANDOVER_SERVICE $HANDOVER_GENERATION $NOTIFY_SOCKET >> ran", "30s");

        Ran reload = supervised.ctl("reload");

        assertThat(reload.exitCode()).as(reload.out() + reload.err()).isZero();
        assertThat(reload.out()).contains("the before-start command of hello generation 2 is done (before start, ");
        assertThat(Files.readString(file("ran"))).isEqualTo("hello 2\n");
    }

    @Test
    void oneThatFailsStartsNoWorkerAndItsLastLinesAreTold() throws Exception {
        List<Long> workers = supervised.workerPids();
        configure("echo no such table >&2; exit 3", "30s");

        Ran reload = supervised.ctl("reload");

        assertThat(reload.exitCode()).isEqualTo(1);
        assertThat(reload.out() + reload.err())
                .contains("exited with 3; generation 2 abandoned, generation 1 still serves", "no such table");
        assertThat(supervised.log())
                .contains("hello/g2/before-start: no such table")
                .doesNotContain("hello/g2/w1");
        assertThat(supervised.workerPids()).isEqualTo(workers);
    }

    @Test
    void oneThatIsTooSlowIsKilledWithAllThatItStarted() throws Exception {
        configure(ENDLESS, "10s");

        Ran reload = supervised.ctl("reload");

        assertThat(reload.exitCode()).isEqualTo(1);
        assertThat(reload.out() + reload.err())
                .contains("was not done within 10 s; generation 2 abandoned, generation 1 still serves", "at it");
        awaitEnd(child());
    }

    @Test
    void oneThatIsKilledFailsAndWhatItStartedEndsWithIt() throws Exception {
        configure("echo $$$$ > self; " + ENDLESS, "60s");
        Process reload = new ProcessBuilder(supervised.ctlWords("reload"))
                .redirectErrorStream(true)
                .redirectOutput(file("reload.out").toFile())
                .start();
        long child = child();

        Ran.run(
                        PATIENCE,
                        List.of("kill", "-KILL", Files.readString(file("self")).strip()))
                .succeeded();

        assertThat(reload.waitFor()).isEqualTo(1);
        assertThat(Files.readString(file("reload.out"))).contains("was killed by SIGKILL; generation 2 abandoned");
        awaitEnd(child);
    }

    @Test
    void theNextSupervisorEndsItAndGoesOnWithTheGenerationThatServes() throws Exception {
        List<Long> workers = supervised.workerPids();
        configure(ENDLESS, "60s");
        supervised.ctl("reload", "--no-wait").succeeded();
        long child = child();

        supervised.killSupervisor();
        assertThat(ProcessHandle.of(child)).isPresent();
        supervised.startAgain();

        supervised.awaitRunning();
        awaitEnd(child);
        assertThat(supervised.workerPids()).isEqualTo(workers);
    }
}
