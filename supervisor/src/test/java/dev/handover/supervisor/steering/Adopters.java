package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.UnixConnection;
import dev.handover.supervisor.linux.UnixServer;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;

/** Passes listeners to the workers that were started with {@link #option()}. */
final class Adopters implements AutoCloseable {
    private final Map<Long, UnixConnection> connections = new ConcurrentHashMap<>();
    private final Map<WorkerId, ProcessId> processes = new ConcurrentHashMap<>();
    private final Path folder;
    private final UnixServer server;

    Adopters() {
        try {
            folder = Files.createTempDirectory("adopters");
            server = UnixServer.listen(folder.resolve("run/socket"), 100, 0, new byte[1], this::serve, trouble -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String option() {
        return "adopt=" + server.path();
    }

    private void serve(UnixConnection connection) {
        connections.put(connection.peer().pid(), connection);
        try {
            connection.input().read();
        } catch (IOException gone) {
            // As well as an end.
        } finally {
            connections.remove(connection.peer().pid());
        }
    }

    /** Waits until these workers have connected. */
    void await(Map<WorkerId, ProcessId> able) {
        able.values().forEach(process -> Awaitility.await().until(() -> connections.containsKey(process.pid())));
        processes.clear();
        processes.putAll(able);
    }

    boolean pass(WorkerId worker, HeldListener orphan) {
        ProcessId process = processes.get(worker);
        UnixConnection connection = process == null ? null : connections.get(process.pid());
        try {
            if (connection != null) {
                connection.sendNow("ADOPT\n".getBytes(StandardCharsets.UTF_8), orphan);
            }
            return connection != null;
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.delete(folder.resolve("run"));
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
