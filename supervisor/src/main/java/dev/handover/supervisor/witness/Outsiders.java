package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.Counts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Processes that have connections of the service, and are no worker's: one that has left a worker's session and lost its
 * parent, or one that was passed a connection. For one thread.
 */
final class Outsiders {
    private final Map<Long, String> names = new LinkedHashMap<>();
    private long connections;

    void hold(long pid) {
        connections++;
        names.computeIfAbsent(pid, Processes::commandLine);
    }

    /** What is not known because of them; empty where there is none. */
    Optional<String> doubt() {
        return names.entrySet().stream()
                .findFirst()
                .map(first ->
                        Counts.text(connections, "connection") + " of the service in the hands of " + first.getValue()
                                + " (pid " + first.getKey() + ")"
                                + (names.size() == 1 ? "" : " and " + (names.size() - 1) + " more")
                                + ", no worker's process: what becomes of them is not seen");
    }
}
