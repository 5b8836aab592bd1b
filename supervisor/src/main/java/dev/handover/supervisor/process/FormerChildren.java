package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Children;
import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.Pidfd;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Children of this process that it has not started: those of the supervisor whose place it took. Its workers are among them, and
 * taken leave of as any; so is what read their output, and others that nobody would take leave of.
 */
public final class FormerChildren {
    private FormerChildren() {}

    /**
     * Takes leave of each that is no worker, or command beside one, when it ends.
     *
     * @param exits is its maker's to close
     * @param troubles told what can't be watched
     */
    public static void reap(Memory workers, ExitWatch exits, Consumer<String> troubles) {
        try {
            List<Long> others = new ArrayList<>(Processes.ownChildren());
            others.removeAll(workers.generations().stream()
                    .flatMap(one -> one.processes().values().stream())
                    .map(ProcessId::pid)
                    .toList());
            for (long pid : others) {
                try (Pidfd process = Pidfd.open(pid).orElse(null)) {
                    if (process != null) {
                        exits.watch(process, () -> Children.reap(pid));
                    }
                }
            }
        } catch (IOException failed) {
            troubles.accept("processes from before the upgrade are left as zombies when they end: " + Why.of(failed));
        }
    }
}
