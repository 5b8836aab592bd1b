package dev.handover.supervisor.state;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.ProcessId;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reduces what an earlier supervisor remembered to what still runs. Where that is nothing but a command beside the workers, the
 * generation is over, and a new one begins.
 */
public final class StillRunning {
    private StillRunning() {}

    public static Memory of(Memory memory) {
        return memory.withGenerations(memory.generations().stream()
                .map(StillRunning::of)
                .filter(generation -> !generation.processes().isEmpty())
                .toList());
    }

    private static Remembered of(Remembered generation) {
        Map<Integer, ProcessId> running = new TreeMap<>(generation.processes());
        running.values().removeIf(process -> !isRunning(process));
        boolean isServed = running.keySet().stream().anyMatch(number -> number > 0);
        return isServed || running.isEmpty()
                ? generation.withProcesses(running)
                : generation.withProcesses(running).in(GenerationState.STOPPING);
    }

    /** One that ended, and is this process's own child, counts as running, too: its end is still to be noticed, and how it ended. */
    private static boolean isRunning(ProcessId process) {
        return Processes.stat(process.pid())
                .filter(stat -> stat.startTicks() == process.startTicks()
                        && (stat.lives()
                                || stat.parent() == ProcessHandle.current().pid()))
                .isPresent();
    }
}
