package dev.handover.supervisor.http;

import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.linux.UnixServer;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/** Where connections come in, each of which is served on a thread of its own. */
interface Entrance extends AutoCloseable {
    int BACKLOG = 32;

    /** What one is told that there is no thread for. */
    byte[] NO_ROOM = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    /** Takes no more connections; those that there are go on. */
    @Override
    void close();

    /**
     * @param most connections at a time
     * @param monitorGroup that may connect, too
     */
    static Entrance unix(
            Path path, int most, Optional<String> monitorGroup, Consumer<Socket> each, Consumer<String> warnings)
            throws IOException {
        Path folder = PrivateFolder.ensure(Objects.requireNonNull(path.getParent(), "a socket's path names a folder"));
        UnixServer server = UnixServer.listen(
                path, most, 1, NO_ROOM, connection -> each.accept(new UnixSocket(connection)), warnings);
        if (monitorGroup.isPresent()) {
            try {
                server.shareWith(Account.group(monitorGroup.get()));
                PrivateFolder.letThrough(folder);
            } catch (IOException refused) {
                warnings.accept("monitor-group = \"" + monitorGroup.get() + "\" is not heeded at " + path + ": "
                        + Why.of(refused));
            }
        }
        return () -> {
            try {
                server.close();
            } catch (IOException left) {
                warnings.accept(path + " is left behind: " + Why.of(left));
            }
        };
    }

    static Entrance tcp(InetSocketAddress address, Consumer<Socket> each, Consumer<String> warnings)
            throws IOException {
        return new Tcp(address, each, warnings);
    }

    /** A listening TCP socket. */
    final class Tcp implements Entrance {
        /** While descriptors are short: the time between two attempts. */
        private static final int SHORTAGE_MILLIS = 250;

        /** For which an acceptor that wakes up gives the socket back. */
        private static final int CLOSE_MILLIS = 1000;

        private final ServerSocket listener = new ServerSocket();
        private final Thread acceptor = Listening.daemon(this::acceptAll, "http-accept");
        private final ExecutorService serving = Threads.each("http", 0);
        private final Consumer<Socket> each;
        private final Consumer<String> warnings;

        private Tcp(InetSocketAddress address, Consumer<Socket> each, Consumer<String> warnings) throws IOException {
            this.each = each;
            this.warnings = warnings;
            try {
                listener.setReuseAddress(true);
                listener.bind(address, BACKLOG);
                acceptor.start();
            } catch (IOException refused) {
                listener.close();
                throw refused;
            } catch (OutOfMemoryError noThread) { // ulimit -u, TasksMax
                listener.close();
                throw new IOException("there is no thread to be had for it", noThread);
            }
        }

        private void acceptAll() {
            boolean told = false;
            while (!listener.isClosed()) {
                try {
                    Socket accepted = listener.accept();
                    told = false;
                    start(accepted);
                } catch (IOException refused) {
                    if (!listener.isClosed() && !told) {
                        warnings.accept(
                                "HTTP: cannot accept connections (" + Why.of(refused) + "); they wait until it can");
                        told = true;
                    }
                    pause();
                }
            }
        }

        private void start(Socket accepted) throws IOException {
            try {
                serving.execute(() -> each.accept(accepted));
            } catch (OutOfMemoryError | RuntimeException noThread) {
                try (accepted) {
                    accepted.getOutputStream().write(NO_ROOM);
                }
            }
        }

        private void pause() {
            if (!listener.isClosed()) {
                try {
                    Thread.sleep(SHORTAGE_MILLIS);
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void close() {
            try {
                listener.close();
                acceptor.join(CLOSE_MILLIS); // until then the address is taken
            } catch (IOException gone) {
                warnings.accept("HTTP: " + Why.of(gone));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            serving.shutdown();
        }
    }
}
