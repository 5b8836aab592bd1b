package dev.handover.supervisor.process;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a worker's process is started with: its words and its environment. */
final class WorkerCommand {
    /** A session of its own: what a terminal sends to the supervisor's process group (Ctrl-C) must not reach workers. */
    private static final String OWN_SESSION = "setsid";

    /** What the supervisor was told by its own service manager, and a worker must not take for its own. */
    private static final List<String> NOT_INHERITED =
            List.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES");

    private final WorkerId worker;
    private final ServiceSpec spec;

    WorkerCommand(WorkerId worker, ServiceSpec spec) {
        this.worker = worker;
        this.spec = spec;
    }

    List<String> words() {
        List<String> words = new ArrayList<>(List.of(OWN_SESSION));
        spec.command().forEach(word -> words.add(filled(word)));
        return words;
    }

    /** Changes {@code environment}, which is the supervisor's own at first, to the worker's. */
    void fill(Map<String, String> environment, Path workerSocket, Path notifySocket) {
        environment.keySet().removeAll(NOT_INHERITED);
        spec.environment().forEach((name, value) -> environment.put(name, filled(value)));
        environment.put("HANDOVER_SERVICE", worker.service().value());
        environment.put("HANDOVER_GENERATION", worker.generation().toString());
        environment.put("HANDOVER_WORKER", Integer.toString(worker.index()));
        environment.put("HANDOVER_SOCKET", workerSocket.toString());
        environment.put("NOTIFY_SOCKET", notifySocket.toString());
        environment.put(
                "HANDOVER_LISTEN",
                spec.listen().stream().map(ListenAddress::toString).collect(Collectors.joining(" ")));
        spec.heartbeatTimeout()
                .ifPresent(timeout -> environment.put("WATCHDOG_USEC", Long.toString(timeout.toNanos() / 1000)));
    }

    private String filled(String text) {
        return text.replace("${HANDOVER_SERVICE}", worker.service().value())
                .replace("${HANDOVER_GENERATION}", worker.generation().toString())
                .replace("${HANDOVER_WORKER}", Integer.toString(worker.index()));
    }
}
