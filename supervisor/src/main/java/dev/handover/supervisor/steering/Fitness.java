package dev.handover.supervisor.steering;

import dev.handover.supervisor.core.ListenAddress;
import dev.handover.supervisor.core.ProcessId;
import dev.handover.supervisor.core.WorkerId;
import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.OwnedSocket;
import java.util.Optional;

/** Says what keeps a worker's listener from taking over from another generation's, and what to change. */
final class Fitness {
    private Fitness() {}

    /** A socket that the worker has on a declared port, but where the declared address's clients do not come to. */
    static Optional<String> misfit(WorkerId worker, ProcessId process, ListenAddress declared, ListenerSearch search) {
        boolean found = search.found().entrySet().stream()
                .anyMatch(entry ->
                        entry.getKey().equals(declared) && !entry.getValue().isEmpty());
        return found
                ? Optional.empty()
                : search.near().stream()
                        .map(OwnedSocket::socket)
                        .filter(near -> near.transport() == declared.transport()
                                && near.local().getPort() == declared.port())
                        .findFirst()
                        .map(near -> worker + " (" + process + ") listens on " + near + " where " + declared
                                + " is declared: to the kernel these are different groups, and the clients of one do not"
                                + " reach the other; " + near.advice(declared));
    }
}
