package dev.handover.supervisor.daemon;

import dev.handover.supervisor.control.ControlServer;
import dev.handover.supervisor.control.Peer;
import dev.handover.supervisor.control.Requests;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.linux.UnixConnection;
import dev.handover.supervisor.linux.UnixServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
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

    ControlSocket(Path socket, Requests requests, Consumer<String> warnings) throws IOException {
        control = new ControlServer(requests, Processes.ownUid(), writers, warnings);
        server = UnixServer.listen(
                socket,
                MOST_CONNECTIONS,
                ALWAYS_SERVED,
                ControlServer.tooMany(),
                connection -> control.serve(new Client(connection)),
                warnings);
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
        public void close() {
            connection.close();
        }

        @Override
        public String toString() {
            return connection.peer().toString();
        }
    }
}
