package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.Cgroup;
import dev.handover.supervisor.linux.CgroupTree;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SessionProcesses;
import dev.handover.supervisor.linux.WorkerCgroup;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against the kernel, where this test may make cgroups; this process goes into one of them, and back. */
@Timeout(300)
class WorkerCgroupsTest {
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(7), 1);

    @TempDir
    Path folder;

    private final BlockingQueue<String> troubles = new LinkedBlockingQueue<>();
    private final List<Process> started = new ArrayList<>();
    private final List<Long> escaped = new ArrayList<>();
    private Path before;
    private WorkerCgroups cgroups;

    @BeforeEach
    void settle() {
        assumeTrue(CgroupTree.obstacle().isEmpty(), () -> CgroupTree.obstacle().orElse(""));
        before = Cgroup.ofThisProcess().orElseThrow().folder();
        cgroups = WorkerCgroups.settle(folder.resolve("control.sock"), troubles::add);
        assumeTrue(troubles.isEmpty(), () -> "refused here: " + troubles);
    }

    @AfterEach
    void leave() {
        if (cgroups != null) {
            started.forEach(Process::destroyForcibly);
            escaped.forEach(each -> ProcessHandle.of(each).ifPresent(ProcessHandle::destroyForcibly));
            cgroups.last();
            cgroups.close();
            assertThat(Cgroup.ofThisProcess().orElseThrow().folder()).isEqualTo(before);
        }
    }

    /** A worker, and one that it has lost by two forks and a session, both named once they are there. */
    private record Family(ProcessId worker, long escaped) {}

    private Family start() throws IOException {
        Path pid = folder.resolve("pid");
        Process process = new ProcessBuilder(
                        "setsid",
                        "sh",
                        "-c",
                        "(setsid sh -c 'echo $$ >\"$0\"; exec sleep 1000' \"$0\" &); exec sleep 1000",
                        pid.toString())
                .start();
        started.add(process);
        await().until(() -> Files.exists(pid) && !Files.readString(pid).isEmpty());
        long other = Long.parseLong(Files.readString(pid).strip());
        escaped.add(other);
        await().until(() -> Processes.commandLine(other).startsWith("sleep")
                && Processes.withDescendants(process.pid()).size() == 1);
        Files.delete(pid);
        return new Family(
                new ProcessId(
                        process.pid(),
                        Processes.stat(process.pid()).orElseThrow().startTicks()),
                other);
    }

    private static Optional<Long> leader(long pid) {
        return WorkerCgroup.of(pid).map(WorkerCgroup::leader);
    }

    @Test
    void whatAWorkerForkedBeforeItWasTakenIsTakenTooWhateverSessionItMade() throws Exception {
        Process other = new ProcessBuilder("sleep", "1000").start();
        started.add(other);
        Family family = start();

        cgroups.place(WORKER, family.worker().pid());

        assertThat(leader(family.worker().pid())).contains(family.worker().pid());
        assertThat(leader(family.escaped())).contains(family.worker().pid());
        assertThat(leader(other.pid())).as("another child").isEmpty();
        assertThat(new SessionProcesses(family.worker().pid()).running())
                .containsExactly(family.worker().pid(), family.escaped());
        assertThat(Processes.withDescendants(family.worker().pid()))
                .containsExactly(family.worker().pid(), family.escaped());
        assertThat(troubles).isEmpty();
    }

    @Test
    void nobodyIsAWorkersByACgroupThatOnlyBearsItsName() throws Exception {
        Family family = start();
        cgroups.place(WORKER, family.worker().pid());
        RunningWorkers running = new RunningWorkers(Memory.EMPTY);
        running.add(WORKER, family.worker());
        Cgroup real = cgroups.generation(family.worker()).orElseThrow();
        Process stranger = new ProcessBuilder("setsid", "--fork", "sh", "-c", "echo $$; exec sleep 1000").start();
        long pid = Long.parseLong(stranger.inputReader().readLine());
        escaped.add(pid);
        Cgroup tree = real.parent().orElseThrow().parent().orElseThrow().child("handover-00000000");
        Cgroup generation = tree.child(real.name());
        Cgroup posing = generation.child("w1." + family.worker().pid());
        try {
            tree.make();
            generation.make();
            posing.make();
            assertThat(posing.take(pid)).isTrue();

            assertThat(leader(pid)).contains(family.worker().pid());
            assertThat(running.speaker(pid)).isEmpty();
            assertThat(running.speaker(family.escaped()))
                    .contains(new RunningWorkers.Speaker(WORKER, family.worker().pid()));
        } finally {
            posing.kill();
            posing.awaitEmpty(5000);
            tree.remove();
        }
    }

    @Test
    void whatADeadWorkerLeftIsNamedAndEndedAndItsCgroupsAreRemoved() throws Exception {
        Family family = start();
        cgroups.place(WORKER, family.worker().pid());
        Cgroup generation = cgroups.generation(family.worker()).orElseThrow();
        started.get(0).destroyForcibly().waitFor();

        cgroups.end(WORKER, family.worker());

        await().until(() -> Processes.hasEnded(family.escaped()) && !generation.exists());
        assertThat(troubles)
                .containsExactly("web/g7/w1 has ended, and left pid " + family.escaped()
                        + " (sleep) outside of its session; ended now");
    }

    @Test
    void killEndsAllOfAWorkerAndNobodyOfAnother() throws Exception {
        Family family = start();
        cgroups.place(WORKER, family.worker().pid());
        Family another = start();
        cgroups.place(
                new WorkerId(WORKER.service(), WORKER.generation(), 2),
                another.worker().pid());

        cgroups.kill(family.worker());

        await().until(() -> Processes.hasEnded(family.worker().pid()) && Processes.hasEnded(family.escaped()));
        assertThat(Processes.hasEnded(another.worker().pid())).isFalse();
        assertThat(Processes.hasEnded(another.escaped())).isFalse();
    }

    @Test
    void theNextSupervisorGoesOnWithWhatIsThere() throws Exception {
        Family family = start();
        cgroups.place(WORKER, family.worker().pid());
        Family unplaced = start();
        WorkerId second = new WorkerId(WORKER.service(), WORKER.generation(), 2);
        cgroups.close();

        cgroups = WorkerCgroups.settle(folder.resolve("control.sock"), troubles::add);
        cgroups.adopt(WORKER, family.worker());
        cgroups.adopt(second, unplaced.worker());

        assertThat(leader(family.escaped())).contains(family.worker().pid());
        assertThat(leader(unplaced.worker().pid())).contains(unplaced.worker().pid());
        assertThat(cgroups.generation(unplaced.worker())).isEqualTo(cgroups.generation(family.worker()));
        cgroups.kill(family.worker());
        await().until(() -> Processes.hasEnded(family.escaped()));
    }

    @Test
    void ofWorkersThatNobodyRemembersTheDeadAreEndedWholeAndTheLivingLeftAlone() throws Exception {
        Family dead = start();
        cgroups.place(WORKER, dead.worker().pid());
        Family alive = start();
        cgroups.place(
                new WorkerId(WORKER.service(), new GenerationId(8), 1),
                alive.worker().pid());
        started.get(0).destroyForcibly().waitFor();
        cgroups.close();

        cgroups = WorkerCgroups.settle(folder.resolve("control.sock"), troubles::add);
        cgroups.clear(Memory.EMPTY);

        await().until(() -> Processes.hasEnded(dead.escaped()));
        assertThat(Processes.hasEnded(alive.worker().pid())).isFalse();
        assertThat(Processes.hasEnded(alive.escaped())).isFalse();
        assertThat(troubles)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("web-g7/w1." + dead.worker().pid() + " has ended while there was no supervisor")
                        .contains("pid " + dead.escaped()))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("web-g8/w1." + alive.worker().pid() + " runs, and no supervisor remembers it"));
    }

    @Test
    void whatAGenerationTakesIsRead() throws Exception {
        Family family = start();
        cgroups.place(WORKER, family.worker().pid());
        GenerationStatus status =
                new GenerationStatus(WORKER.generation(), GenerationState.SERVING, Duration.ZERO, List.of());
        assertThat(cgroups.usage(WORKER.service(), status))
                .hasValueSatisfying(usage -> assertThat(usage.tasks()).isEqualTo(2));
    }
}
