package dev.handover.supervisor.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Children;
import dev.handover.supervisor.linux.Launcher;
import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StillRunningTest {
    private static final ServiceName WEB = new ServiceName("web");
    private static final GenerationId SEVEN = new GenerationId(7);

    private final Process process;

    /** It ends a child, and never asks for its end: the child stays a zombie, as where a container has no init. */
    StillRunningTest() throws IOException {
        process = new ProcessBuilder("sh", "-c", "sleep 0 & exec sleep 60").start();
    }

    @AfterEach
    void end() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Test
    void workerThatRunsIsGoneOnWith() {
        assertThat(running(id(process.pid()))).isTrue();
    }

    @Test
    void zombieCountsAsDead() {
        ProcessStat zombie = await().until(
                        () -> Processes.withDescendants(process.pid()).stream()
                                .flatMap(pid -> Processes.stat(pid).stream())
                                .filter(stat -> stat.state() == 'Z')
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(running(new ProcessId(zombie.pid(), zombie.startTicks()))).isFalse();
    }

    @Test
    void zombieOfOurOwnHasAnEndThatIsStillToBeNoticed(@TempDir Path folder) throws Exception {
        Path out = Files.createFile(folder.resolve("out"));
        long child = Launcher.start(new Program(
                Path.of("/bin/sh"),
                List.of(CString.of("sh"), CString.of("-c"), CString.of("exit 3")),
                List.of(),
                folder,
                out,
                out));
        await().until(() -> Processes.stat(child).orElseThrow().state() == 'Z');
        assertThat(running(id(child))).isTrue();
        Children.reap(child);
    }

    @Test
    void processThatCameLaterByTheSameNumberIsNobodyOfOurs() {
        ProcessId there = id(process.pid());
        assertThat(running(new ProcessId(there.pid(), there.startTicks() - 1))).isFalse();
    }

    @Test
    void generationOfWhichNothingRunsButACommandIsOver() {
        assertThat(states(WorkerId.AFTER_FLIP, id(process.pid()))).containsExactly(GenerationState.STOPPING);
        assertThat(states(1, id(process.pid()))).containsExactly(GenerationState.SERVING);
    }

    private static ProcessId id(long pid) {
        return new ProcessId(pid, Processes.stat(pid).orElseThrow().startTicks());
    }

    private static boolean running(ProcessId process) {
        return !states(1, process).isEmpty();
    }

    /** @param number whose process it was, in a generation that served */
    private static List<GenerationState> states(int number, ProcessId process) {
        ServiceSpec spec = SpecDraft.service(WEB.value()).spec();
        Memory memory = new Memory(
                new TreeMap<>(Map.of(WEB, SEVEN)),
                List.of(new Remembered(spec, SEVEN, GenerationState.SERVING, Map.of(number, process), true)),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>());
        return StillRunning.of(memory).generations().stream()
                .map(Remembered::state)
                .toList();
    }
}
