package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.OwnedSocket;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WorkerId;
import java.util.Optional;

/** Says what keeps a worker's listener from taking over from another generation's, and what to change. */
final class Fitness {
    private Fitness() {}

    /** A socket that the worker has on a declared port, but where the declared address's clients do not come to. */
    static Optional<String> misfit(WorkerId worker, ProcessId process, ListenAddress declared, ListenerSearch search) {
        return onADevice(worker, process, declared, search).or(() -> elsewhere(worker, process, declared, search));
    }

    /** Also beside one that is where it should be: its clients would be lost with it, and nobody would know. */
    private static Optional<String> onADevice(
            WorkerId worker, ProcessId process, ListenAddress declared, ListenerSearch search) {
        return search.near().stream()
                .map(OwnedSocket::socket)
                .filter(near -> near.isOnADeviceAt(declared))
                .findFirst()
                .map(near -> text(worker, process, declared, near));
    }

    private static Optional<String> elsewhere(
            WorkerId worker, ProcessId process, ListenAddress declared, ListenerSearch search) {
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
                        .map(near -> text(worker, process, declared, near));
    }

    private static String text(WorkerId worker, ProcessId process, ListenAddress declared, SocketRow near) {
        return worker + " (" + process + ") listens on " + near + " where " + declared
                + " is declared: to the kernel these are different groups, and the clients of one do not"
                + " reach the other; " + near.advice(declared);
    }
}
