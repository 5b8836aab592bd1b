package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that starts beside a generation that serves has a low share of the CPU until it is ready, and no longer. */
@Timeout(300)
class StartShareTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LOW = "nice 10";
    private static final String WHOLE = "nice 0";

    @TempDir
    Path folder;

    @BeforeEach
    void looksForAutogroups() throws IOException {
        Path enabled = Path.of("/proc/sys/kernel/sched_autogroup_enabled");
        assumeTrue(
                Files.exists(enabled) && Files.readString(enabled).strip().equals("1"),
                "kernel.sched_autogroup_enabled is not 1");
    }

    /** Its workers are ready as soon as there is a file {@code go}. */
    private String service(int port) throws IOException {
        return """
                [services.hello]
                command = ["sh", "-c", "until [ -e %s ]; do sleep 0.05; done; exec python3 %s 127.0.0.1 %d"]
                listen = ["tcp://127.0.0.1:%3$d"]
                workers = 2
                ready = "listening"
                ready-timeout = "2m"
                drain = "idle"
                """.formatted(go(), Checkout.example("python/hello.py"), port);
    }

    private Path go() {
        return folder.resolve("go");
    }

    private static boolean all(List<Long> pids, String niceness) throws IOException {
        for (long pid : pids) {
            if (!Files.readString(Path.of("/proc/" + pid + "/autogroup"))
                    .strip()
                    .endsWith(niceness)) {
                return false;
            }
        }
        return true;
    }

    private static List<Long> newcomers(Supervised supervised, List<Long> old) throws IOException {
        return supervised.workerPids().stream()
                .filter(pid -> !old.contains(pid))
                .toList();
    }

    private static CompletableFuture<Ran> reload(Supervised supervised) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return supervised.ctl("reload");
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    /** A reload whose new workers are low, and not yet ready. */
    private List<Long> starting(Supervised supervised, List<Long> old) throws IOException {
        await().atMost(PATIENCE).until(() -> newcomers(supervised, old).size() == 2);
        List<Long> fresh = newcomers(supervised, old);
        await().atMost(PATIENCE).until(() -> all(fresh, LOW));
        assertThat(all(old, WHOLE)).as("those that serve").isTrue();
        return fresh;
    }

    @Test
    void aNewGenerationIsLowUntilItIsReadyAndHasTheWholeWhenItServes() throws Exception {
        Files.createFile(go());
        try (Supervised supervised = Supervised.start(service(Supervised.freePort()))) {
            assumeTrue(supervised.ctl("doctor").out().contains(": at a lower share"), "sessions don't count here");
            List<Long> old = supervised.workerPids();
            assertThat(all(old, WHOLE)).as("a first start").isTrue();
            Files.delete(go());
            CompletableFuture<Ran> reload = reload(supervised);
            List<Long> fresh = starting(supervised, old);

            Files.createFile(go());

            Ran ran = reload.get();
            assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
            assertThat(all(fresh, WHOLE)).as("those that serve now").isTrue();
        }
    }

    /** As by a supervisor that was killed after it had taken from a worker, and before it had given back. */
    @Test
    void aWorkerThatServesAtALowShareIsGivenTheWholeByTheNextSupervisor() throws Exception {
        Files.createFile(go());
        try (Supervised supervised = Supervised.start(service(Supervised.freePort()))) {
            List<Long> workers = supervised.workerPids();
            supervised.killSupervisor();
            for (long worker : workers) {
                Path group = Path.of("/proc/" + worker + "/autogroup");
                await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
                    Files.writeString(group, "10"); // an ordinary user has to wait for a turn
                    return true;
                });
            }
            assertThat(all(workers, LOW)).isTrue();

            supervised.startAgain();

            await().atMost(PATIENCE).until(() -> all(workers, WHOLE));
            supervised.awaitRunning();
            assertThat(supervised.workerPids()).containsExactlyInAnyOrderElementsOf(workers);
        }
    }

    @Test
    void aSupervisorThatIsKilledMeanwhileLeavesNobodyLow() throws Exception {
        Files.createFile(go());
        try (Supervised supervised = Supervised.start(service(Supervised.freePort()))) {
            assumeTrue(supervised.ctl("doctor").out().contains(": at a lower share"), "sessions don't count here");
            List<Long> old = supervised.workerPids();
            Files.delete(go());
            CompletableFuture<Ran> reload = reload(supervised);
            List<Long> fresh = starting(supervised, old);
            supervised.killSupervisor();
            assertThat(reload.get().exitCode()).isNotZero();

            supervised.startAgain();

            await().atMost(PATIENCE)
                    .until(() -> fresh.stream()
                            .noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
            supervised.awaitRunning();
            assertThat(supervised.workerPids()).containsExactlyInAnyOrderElementsOf(old);
            assertThat(all(old, WHOLE)).isTrue();
        }
    }
}
