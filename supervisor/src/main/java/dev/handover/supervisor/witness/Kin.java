package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.Processes;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which processes are workers' of ours, of whatever service: those that are or descend from one, those of its session, and
 * those that are known from a drain. For one look.
 */
final class Kin {
    private final LongPredicate descends;
    private final List<DrainWatch> drains;
    private @Nullable Set<Long> draining;
    /** A process that ends meanwhile is what it was when it was first asked about, as it held what was looked for. */
    private final Map<Long, Boolean> known = new HashMap<>();

    /** @param descends whether a process is a running worker's, or descends from it */
    Kin(LongPredicate descends, Collection<DrainWatch> drains) {
        this.descends = descends;
        this.drains = List.copyOf(drains);
    }

    boolean has(long pid) {
        return known.computeIfAbsent(pid, this::look);
    }

    private boolean look(long pid) {
        return descends.test(pid)
                || Processes.stat(pid)
                        .map(ProcessStat::session)
                        .filter(descends::test)
                        .isPresent()
                || draining().contains(pid);
    }

    private Set<Long> draining() {
        Set<Long> all = draining;
        if (all == null) {
            all = new HashSet<>();
            for (DrainWatch drain : drains) {
                try {
                    all.addAll(drain.processes().running());
                } catch (IOException unreadable) {
                    // Without them a doubt may be one too many, and never one too few.
                }
            }
            draining = all;
        }
        return all;
    }
}
