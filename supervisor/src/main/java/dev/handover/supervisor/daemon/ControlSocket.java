package dev.handover.supervisor.daemon;

import dev.handover.supervisor.control.ControlServer;
import dev.handover.supervisor.control.Peer;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.linux.UnixConnection;
import dev.handover.supervisor.linux.UnixServer;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/** The control server on its socket. */
final class ControlSocket implements AutoCloseable {
    /** Some more than are served: it is the control server that knows whom to end for another, or refuses. */
    private static final int MOST_CONNECTIONS = 2 * ControlServer.MOST_CLIENTS;

    /** Clients at a time for which threads are kept: an operator is heard on a machine that can't have one more. */
    private static final int ALWAYS_SERVED = 4;

    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final ExecutorService writers = Threads.each("control-answers", ALWAYS_SERVED);
    private final ControlServer control;
    private final UnixServer server;

    /**
     * @param monitorGroup that may ask for what is only read, by name or number; where it can't, that is warned of, and nobody
     *     is kept from the rest
     */
    ControlSocket(Path socket, Optional<String> monitorGroup, Requests requests, Consumer<String> warnings)
            throws IOException {
        OptionalInt monitors = monitorGroup.isPresent() ? gid(monitorGroup.get(), warnings) : OptionalInt.empty();
        control = new ControlServer(requests, Processes.ownUid(), monitors, writers, warnings);
        server = UnixServer.listen(
                socket,
                MOST_CONNECTIONS,
                ALWAYS_SERVED,
                ControlServer.tooMany(),
                connection -> control.serve(new Client(connection)),
                warnings);
        if (monitors.isPresent()) {
            letIn(monitorGroup.orElseThrow(), monitors.getAsInt(), warnings);
        }
    }

    private static OptionalInt gid(String group, Consumer<String> warnings) {
        try {
            return OptionalInt.of(Account.group(group));
        } catch (IOException unknown) {
            warnings.accept(unheeded(group, unknown));
            return OptionalInt.empty();
        }
    }

    private void letIn(String group, int gid, Consumer<String> warnings) {
        try {
            server.shareWith(gid);
            PrivateFolder.letThrough(
                    Objects.requireNonNull(server.path().getParent(), "a socket's path names a folder"));
        } catch (IOException refused) {
            warnings.accept(unheeded(group, refused));
        }
    }

    private static String unheeded(String group, IOException why) {
        return "monitor-group = \"" + group + "\" is not heeded: " + Why.of(why)
                + "; root and the supervisor's own user are served as before";
    }

    /** Whoever waits for an answer has it before its connection ends: its end alone would be taken for a crash. */
    void leave() {
        try {
            control.finish(LAST_ANSWERS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            leave();
        } finally {
            server.close();
            writers.shutdown();
        }
    }

    private record Client(UnixConnection connection) implements Peer {
        @Override
        public InputStream input() {
            return connection.input();
        }

        @Override
        public OutputStream output() {
            return connection.output();
        }

        @Override
        public int uid() {
            return connection.peer().uid();
        }

        @Override
        public boolean isIn(int gid) throws IOException {
            return connection.peerIsIn(gid);
        }

        @Override
        public void close() {
            connection.close();
        }

        @Override
        public String toString() {
            return connection.peer().toString();
        }
    }
}
