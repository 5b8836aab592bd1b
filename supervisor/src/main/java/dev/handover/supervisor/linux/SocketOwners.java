package dev.handover.supervisor.linux;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/** Finds who holds a socket, among all processes whose descriptors may be read. Slow where there are many. */
public final class SocketOwners {
    private SocketOwners() {}

    /**
     * Looks at the newest processes first: a socket that nobody knows is mostly one that has just been opened, and what a
     * generation that starts accepts meanwhile comes and goes fast.
     *
     * @return inode to the pid of a process that holds it, whose parent doesn't; without those whose holder can't be seen
     */
    public static Map<Long, Long> of(Collection<Long> inodes) {
        Map<Long, Long> owners = of(inodes, anybody -> true);
        owners.replaceAll(SocketOwners::eldest);
        return owners;
    }

    /**
     * Looks at every process where none that is preferred holds one of them.
     *
     * @return inode to the pid of a process that holds it, of one that is preferred if there is any; without those whose
     *     holder can't be seen
     */
    public static Map<Long, Long> of(Collection<Long> inodes, LongPredicate preferred) {
        Map<Long, Long> holders = new HashMap<>();
        Set<Long> missing = new HashSet<>(inodes);
        for (long pid : newestFirst()) {
            if (missing.isEmpty()) {
                break;
            }
            List<Long> held = held(pid, missing);
            held.forEach(inode -> holders.put(inode, pid));
            if (!held.isEmpty() && preferred.test(pid)) {
                missing.removeAll(Set.copyOf(held));
            }
        }
        return holders;
    }

    private static List<Long> newestFirst() {
        try {
            return Proc.pids().stream().sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            // Then no holder can be seen.
            return List.of();
        }
    }

    /** Whoever handed it down by fork(2), as far as each on the way has it still. */
    private static long eldest(long inode, long holder) {
        long eldest = holder;
        Optional<Long> parent = parent(eldest);
        while (parent.isPresent() && !held(parent.get(), Set.of(inode)).isEmpty()) {
            eldest = parent.get();
            parent = parent(eldest);
        }
        return eldest;
    }

    private static Optional<Long> parent(long pid) {
        return Processes.stat(pid).map(ProcessStat::parent);
    }

    private static List<Long> held(long pid, Set<Long> inodes) {
        try {
            return List.copyOf(ProcessSockets.held(pid, inodes).keySet());
        } catch (IOException e) {
            // Another user's.
            return List.of();
        }
    }
}
