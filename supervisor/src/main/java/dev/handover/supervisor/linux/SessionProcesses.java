package dev.handover.supervisor.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All processes that a worker has: those of its session, also where their parent has ended, and those that descend from
 * one of them and have begun a session of their own, and where it has a {@link WorkerCgroup} all that are in that. Without, who has
 * done both can't be found; who was found once is known on.
 */
public final class SessionProcesses {
    private final long leader;
    /** Each with when it started: a pid alone may be another process's by now. */
    private final Map<Long, Long> known = new HashMap<>();

    /** @param leader the worker's process, which leads its session */
    public SessionProcesses(long leader) {
        this.leader = leader;
    }

    /** The running ones, the leader first; zombies left out. */
    public List<Long> running() throws IOException {
        Map<Long, ProcessStat> all = new HashMap<>();
        for (ProcessStat stat : Processes.all()) {
            all.put(stat.pid(), stat);
        }
        known.entrySet().removeIf(one -> {
            ProcessStat stat = all.get(one.getKey());
            return stat == null || stat.startTicks() != one.getValue();
        });
        Set<Long> found = new HashSet<>(known.keySet());
        all.values().stream()
                .filter(stat -> stat.session() == leader || stat.pid() == leader)
                .forEach(stat -> found.add(stat.pid()));
        WorkerCgroup.ledBy(leader).stream().filter(all::containsKey).forEach(found::add);
        for (int before = -1; before != found.size(); ) {
            before = found.size();
            all.values().stream().filter(stat -> found.contains(stat.parent())).forEach(stat -> found.add(stat.pid()));
        }
        List<Long> running = new ArrayList<>();
        for (long pid : found.stream()
                .sorted((a, b) -> a == leader ? -1 : b == leader ? 1 : Long.compare(a, b))
                .toList()) {
            ProcessStat stat = all.get(pid);
            if (stat != null) {
                known.put(pid, stat.startTicks());
                if (stat.lives()) {
                    running.add(pid);
                }
            }
        }
        return running;
    }
}
