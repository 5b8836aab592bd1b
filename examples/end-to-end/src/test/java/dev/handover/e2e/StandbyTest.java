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
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The old generation stands by after a reload, and is gone back to. */
@Isolated("puts the machine under load")
@Tag("chaos")
class StandbyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double RATE = 500;

    private final int port = Supervised.freePort();
    private final Supervised supervised;
    private final List<Long> first;

    StandbyTest() throws Exception {
        supervised = Supervised.start(Example.HELLO.service("127.0.0.1", port, 2) + "standby = \"10m\"\n");
        first = supervised.workerPids();
    }

    @AfterEach
    void stop() throws IOException {
        supervised.close();
    }

    private List<Long> reloaded() throws Exception {
        Ran reload = supervised.ctl("reload").succeeded();
        assertThat(reload.out()).contains("generation 2 serves, generation 1 stands by for 10 min 0 s");
        return supervised.workerPids().stream()
                .filter(pid -> !first.contains(pid))
                .toList();
    }

    @Test
    void rollbacksUnderLoadDropNothingAndTheFirstGenerationServesOn() throws Exception {
        String undone = supervised.reloadCommand() + " && "
                + supervised.reloadCommand().replaceFirst(" reload\\b", " rollback");
        LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.BANNER, RATE, Duration.ofSeconds(6));

        Report report = Chaos.shown(
                "reload and rollback",
                ChaosRun.run(ChaosOptions.of(load).withReloads(ReloadOptions.of(2, undone))),
                supervised);

        Chaos.isLossless(report);
        assertThat(supervised.workerPids()).isEqualTo(first);
        assertThat(supervised.ctl("status").out()).contains("generation 1 serves, steered");
    }

    @Test
    void aNewGenerationThatDiesIsRolledBackByItselfAndTheReasonIsSaid() throws Exception {
        for (long pid : reloaded()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(supervised.ctl("status").out())
                        .contains("generation 1 serves, steered", "last reload failed at "));
        assertThat(supervised.ctl("status").out())
                .contains("is rolled back by itself, since none of its workers is left: ", "was killed by SIGKILL");
        assertThat(supervised.workerPids()).isEqualTo(first);
    }

    @Test
    void theNextSupervisorGoesOnWithTheStandbyAndRollsBack() throws Exception {
        reloaded();
        supervised.killSupervisor();
        supervised.startAgain();
        supervised.awaitRunning();
        assertThat(supervised.ctl("status").out()).contains("generation 2 serves", "stands by for ");

        Ran rollback = supervised.ctl("rollback").succeeded();

        assertThat(rollback.out())
                .contains("hello: generation 1 serves again, generation 2 is gone", "lossless, steered");
        assertThat(supervised.workerPids()).isEqualTo(first);
        Ran again = supervised.ctl("rollback", "hello");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("there is nothing to go back to").hasLineCount(1);
    }
}
