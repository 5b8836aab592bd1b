package dev.handover.supervisor.linux;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds who holds a socket, among all processes whose descriptors may be read. Slow where there are many. */
public final class SocketOwners {
    private SocketOwners() {}

    /** @return inode to the pid of the oldest process that holds it; without those whose holder can't be seen */
    public static Map<Long, Long> of(Collection<Long> inodes) {
        return of(inodes, Comparator.naturalOrder());
    }

    /**
     * Which of them somebody is seen to hold. It looks at the newest processes first: what a generation that starts accepts
     * meanwhile comes and goes fast.
     */
    public static Set<Long> owned(Collection<Long> inodes) {
        return of(inodes, Comparator.reverseOrder()).keySet();
    }

    private static Map<Long, Long> of(Collection<Long> inodes, Comparator<Long> order) {
        Map<Long, Long> owners = new HashMap<>();
        Set<Long> missing = new HashSet<>(inodes);
        for (long pid : ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .sorted(order)
                .toList()) {
            if (missing.isEmpty()) {
                break;
            }
            for (long inode : held(pid, missing)) {
                owners.put(inode, pid);
                missing.remove(inode);
            }
        }
        return owners;
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
