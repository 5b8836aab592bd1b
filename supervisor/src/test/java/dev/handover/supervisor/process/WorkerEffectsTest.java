package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.EveryKind;
import dev.handover.supervisor.terms.Memory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerEffectsTest {
    private final List<Long> forgotten = new ArrayList<>();

    @Test
    void whatIsToBeDoneToAProcessIsDoneWhateverItIs(@TempDir Path folder) throws Exception {
        try (ExitWatch exits = new ExitWatch();
                WorkerOutput output = new WorkerOutput(
                        folder,
                        (worker, line) -> {},
                        new RecentOutput(),
                        new ServiceLogs(trouble -> {}, news -> {}),
                        trouble -> {});
                OutputKeeper keeper = new OutputKeeper(folder, exits, trouble -> {});
                WorkerProcesses processes = new WorkerProcesses(
                        new RunningWorkers(Memory.EMPTY),
                        output,
                        keeper,
                        new NoPlaces(folder),
                        account -> folder.resolve("workers"),
                        WorkerCgroups.none(trouble -> {}),
                        exits,
                        pid -> CompletableFuture.completedFuture(null),
                        forgotten::add,
                        event -> {},
                        trouble -> {})) {
            assertThat(EveryKind.of(Effect.OfProcess.class))
                    .allSatisfy(effect ->
                            assertThatCode(() -> processes.perform(effect)).doesNotThrowAnyException());
        }
        assertThat(forgotten).hasSize(1);
    }

    @Test
    void whatIsToBeSeenOfAWorkerIsLookedForWhateverItIs() throws Exception {
        try (WorkerWatch watch = new WorkerWatch(event -> {})) {
            assertThat(EveryKind.of(Effect.OfWatch.class))
                    .allSatisfy(effect ->
                            assertThatCode(() -> watch.perform(effect)).doesNotThrowAnyException());
        }
    }
}
