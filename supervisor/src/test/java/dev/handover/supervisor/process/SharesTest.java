package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.Autogroup;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SharesTest {
    private static final int WORKERS = 4;

    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> troubles = new LinkedBlockingQueue<>();
    private final List<Process> started = new ArrayList<>();
    private final Shares shares = new Shares(WorkerCgroups.none(troubles::add), inbox::add, troubles::add);

    @AfterEach
    void end() {
        shares.close();
        started.forEach(Process::destroyForcibly);
        assertThat(troubles).isEmpty();
    }

    private static WorkerId worker(int index) {
        return new WorkerId(new ServiceName("web"), new GenerationId(7), index);
    }

    /** One that leads a session of its own. */
    private ProcessId start() throws IOException {
        Process process = new ProcessBuilder("setsid", "sleep", "100").start();
        started.add(process);
        long pid = process.pid();
        await().until(() ->
                Processes.stat(pid).filter(stat -> stat.session() == pid).isPresent());
        return new ProcessId(pid, Processes.stat(pid).orElseThrow().startTicks());
    }

    private static OptionalInt niceness(ProcessId process) {
        return Autogroup.niceness(process.pid());
    }

    private static void assumeAutogroups() {
        assumeTrue(Autogroup.obstacle().isEmpty(), () -> Autogroup.obstacle().orElse(""));
    }

    private List<ProcessId> lowered() throws IOException {
        List<ProcessId> processes = new ArrayList<>();
        for (int index = 1; index <= WORKERS; index++) {
            ProcessId process = start();
            processes.add(process);
            shares.lower(worker(index), process);
        }
        await().until(() ->
                processes.stream().allMatch(process -> niceness(process).equals(low())));
        return processes;
    }

    private static OptionalInt low() {
        return OptionalInt.of(Autogroup.LOW);
    }

    @Test
    void workersAreLoweredAndGivenTheirWholeSharesHoweverManyAreAtOnce() throws Exception {
        assumeAutogroups();
        List<ProcessId> processes = lowered();
        for (int index = 1; index <= WORKERS; index++) {
            shares.restore(worker(index), processes.get(index - 1));
        }
        for (int index = 1; index <= WORKERS; index++) {
            ProcessId process = processes.get(index - 1);
            assertThat(inbox.take()).isEqualTo(new Event.ShareRestored(worker(index), process.pid()));
            assertThat(niceness(process)).hasValue(Autogroup.WHOLE);
        }
    }

    @Test
    void oneThatWasNeverLoweredIsAnsweredAtOnce() throws Exception {
        ProcessId process = start();
        shares.restore(worker(1), process);
        assertThat(inbox.take()).isEqualTo(new Event.ShareRestored(worker(1), process.pid()));
    }

    @Test
    void oneThatIsReadyBeforeItsTurnToBeLoweredStaysAsItIs() throws Exception {
        List<ProcessId> processes = new ArrayList<>();
        for (int index = 1; index <= WORKERS; index++) {
            processes.add(start());
            shares.lower(worker(index), processes.get(index - 1));
            shares.restore(worker(index), processes.get(index - 1));
        }
        for (int index = 1; index <= WORKERS; index++) {
            inbox.take();
        }
        assertThat(processes)
                .allSatisfy(process -> assertThat(niceness(process)).isNotEqualTo(low()));
    }

    @Test
    void oneThatAnEarlierSupervisorLeftLowIsGivenItsWholeShare() throws Exception {
        assumeAutogroups();
        ProcessId process = lowered().get(0);
        try (Shares next = new Shares(WorkerCgroups.none(troubles::add), inbox::add, troubles::add)) {
            next.adopt(worker(1), process);
            assertThat(inbox.take()).isEqualTo(new Event.ShareRestored(worker(1), process.pid()));
            assertThat(niceness(process)).hasValue(Autogroup.WHOLE);
        }
    }

    @Test
    void oneThatHasEndedKeepsNobodyWaiting() throws Exception {
        assumeAutogroups();
        List<ProcessId> processes = lowered();
        started.get(0).destroyForcibly().waitFor();
        shares.restore(worker(1), processes.get(0));
        shares.restore(worker(2), processes.get(1));
        assertThat(inbox.take())
                .isEqualTo(new Event.ShareRestored(worker(2), processes.get(1).pid()));
        shares.forget(processes.get(0));
        shares.restore(worker(1), processes.get(0)); // which is known no more
        assertThat(inbox.take())
                .isEqualTo(new Event.ShareRestored(worker(1), processes.get(0).pid()));
    }
}
