package dev.handover.supervisor.process;

import dev.handover.supervisor.config.Programs;
import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a worker's process is started with: its words and its environment. */
final class WorkerCommand {
    private static final CString EQUALS = CString.of("=");

    private final WorkerId worker;
    private final ServiceSpec spec;

    WorkerCommand(WorkerId worker, ServiceSpec spec) {
        this.worker = worker;
        this.spec = spec;
    }

    /**
     * @param inherited the environment that it is added to
     * @param output where it writes to
     * @throws IOException if there is no such program
     */
    Program program(Map<CString, CString> inherited, Path workerSocket, Path notifySocket, Path output)
            throws IOException {
        List<CString> environment = new ArrayList<>();
        environment(inherited, workerSocket, notifySocket)
                .forEach((name, value) -> environment.add(name.plus(EQUALS).plus(value)));
        return new Program(
                file(inherited),
                spec.command().stream().map(word -> CString.of(filled(word))).toList(),
                environment,
                spec.directory(),
                output,
                output);
    }

    private Path file(Map<CString, CString> inherited) throws IOException {
        String word = filled(spec.command().get(0));
        if (word.contains("/")) {
            return spec.directory().resolve(word);
        }
        CString path = inherited.get(CString.of("PATH"));
        return Programs.find(
                        word,
                        spec.directory(),
                        spec.environment(),
                        path == null ? Map.of() : Map.of("PATH", path.toString()))
                .orElseThrow(() -> new IOException("there is no program '" + word + "' on PATH"));
    }

    Map<CString, CString> environment(Map<CString, CString> inherited, Path workerSocket, Path notifySocket) {
        Map<String, String> own = new LinkedHashMap<>();
        own.put("PWD", spec.directory().toString());
        spec.environment().forEach((name, value) -> own.put(name, filled(value)));
        own.put("HANDOVER_SERVICE", worker.service().value());
        own.put("HANDOVER_GENERATION", worker.generation().toString());
        own.put("HANDOVER_WORKER", Integer.toString(worker.index()));
        own.put("HANDOVER_SOCKET", workerSocket.toString());
        own.put("NOTIFY_SOCKET", notifySocket.toString());
        own.put(
                "HANDOVER_LISTEN",
                spec.listen().stream().map(ListenAddress::toString).collect(Collectors.joining(" ")));
        spec.heartbeatTimeout().ifPresent(timeout -> own.put("WATCHDOG_USEC", Long.toString(timeout.toNanos() / 1000)));
        Map<CString, CString> all = new LinkedHashMap<>(inherited);
        own.forEach((name, value) -> all.put(CString.of(name), CString.of(value)));
        return all;
    }

    private String filled(String text) {
        return text.replace("${HANDOVER_SERVICE}", worker.service().value())
                .replace("${HANDOVER_GENERATION}", worker.generation().toString())
                .replace("${HANDOVER_WORKER}", Integer.toString(worker.index()));
    }
}
