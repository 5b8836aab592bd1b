package dev.handover.supervisor.daemon;

import dev.handover.supervisor.control.ControlServer;
import dev.handover.supervisor.control.Peer;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.UnixConnection;
import dev.handover.supervisor.linux.UnixServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** The control server on its socket. */
final class ControlSocket implements AutoCloseable {
    /** Some more than are served: it is the control server that knows whom to end for another, or refuses. */
    private static final int MOST_CONNECTIONS = 2 * ControlServer.MOST_CLIENTS;

    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final ControlServer control;
    private final UnixServer server;

    ControlSocket(Path socket, Requests requests, Consumer<String> warnings) throws IOException {
        control = new ControlServer(requests, Processes.ownUid(), warnings);
        server = UnixServer.listen(
                socket,
                MOST_CONNECTIONS,
                ControlServer.tooMany(),
                connection -> control.serve(new Client(connection)),
                warnings);
    }

    /** Whoever waits for an answer has it before its connection ends: its end alone would be taken for a crash. */
    @Override
    public void close() throws IOException {
        try {
            control.finish(LAST_ANSWERS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            server.close();
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
        public void close() {
            connection.close();
        }

        @Override
        public String toString() {
            return connection.peer().toString();
        }
    }
}
