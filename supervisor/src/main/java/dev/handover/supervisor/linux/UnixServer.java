package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import jnr.constants.platform.Errno;
import org.jspecify.annotations.Nullable;

/**
 * A listening Unix stream socket: one daemon thread accepts, and a blocking one serves each connection.
 *
 * <p>No library's sockets on purpose: jnr-unixsocket's non-blocking accept hides errno, so that running out of descriptors would
 * look like "nobody there", and its classes, and those that it has made, take their time at the supervisor's start.
 */
public final class UnixServer implements AutoCloseable {
    private static final int BACKLOG = 128;
    /** While descriptors or memory are short, and no connection of ours ends: the time between two attempts. */
    private static final int SHORTAGE_MILLIS = 250;

    /** Descriptors that it takes to serve one connection: its own, and one of a file that is read for it. */
    private static final int FOR_ONE = 2;

    private static final Set<Errno> SHORTAGE = Set.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM);

    private final Path path;
    private final int limit;
    private final byte[] refusal;
    private final Consumer<UnixConnection> each;
    private final Consumer<String> trouble;
    private final Fd listener;
    private final SocketFile file;
    private final WakeUp wakeUp;
    private final Thread acceptor;
    private final ExecutorService serving;
    private final SpareDescriptors spare;
    private final Set<UnixConnection> connections = new HashSet<>();
    private volatile boolean closing;

    /**
     * Listens, with a socket file of mode 0600 in a folder that {@link PrivateFolder#ensure} makes sure of. A socket file
     * on which nobody answers is replaced.
     *
     * @param path at most 107 bytes
     * @param limit the most connections at a time, at least 1
     * @param kept how many can be served at a time even where no more threads, or descriptors, are to be had
     * @param refusal what a further peer is sent before it is disconnected
     * @param each serves a connection on the connection's own thread; when it returns, the connection is closed
     * @param trouble is told, in a line for the log, what keeps the server from accepting, once each time it begins, and
     *     that it is over; called on the accepting thread
     * @throws IOException if the path can't be used, with a message for users
     */
    public static UnixServer listen(
            Path path, int limit, int kept, byte[] refusal, Consumer<UnixConnection> each, Consumer<String> trouble)
            throws IOException {
        if (limit < 1) {
            throw new IllegalArgumentException("a server takes at least 1 connection, not " + limit);
        }
        UnixServer server = new UnixServer(path, limit, kept, refusal, each, trouble);
        server.acceptor.start();
        return server;
    }

    private UnixServer(
            Path path, int limit, int kept, byte[] refusal, Consumer<UnixConnection> each, Consumer<String> trouble)
            throws IOException {
        this.path = path;
        this.limit = limit;
        this.refusal = refusal.clone();
        this.each = each;
        this.trouble = trouble;
        String subject = path.toString();
        // Not blocking, and only accepted from after a poll: the acceptor must never wait where close() can't wake it.
        int type = Abi.SOCK_STREAM | Abi.SOCK_CLOEXEC | Abi.SOCK_NONBLOCK;
        listener = new Fd(Kernel.call("socket", subject, () -> Kernel.LIBC.socket(Abi.AF_UNIX, type, 0)), subject);
        try {
            UnixConnection.prepare();
            wakeUp = new WakeUp(subject);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        try {
            file = SocketFile.bind(
                    path,
                    listener,
                    Abi.SOCK_STREAM,
                    () -> Kernel.call("listen", subject, () -> Kernel.LIBC.listen(listener.number(), BACKLOG)));
        } catch (IOException e) {
            listener.close();
            wakeUp.close();
            throw e;
        }
        acceptor = new Thread(this::acceptAll, path.getFileName() + "-accept");
        acceptor.setDaemon(true);
        serving = Threads.each(path.getFileName().toString(), kept);
        spare = new SpareDescriptors(kept * FOR_ONE);
    }

    /** From now on that user, too, may connect; its folder is to {@linkplain PrivateFolder#letThrough let him through}. */
    public void giveTo(Account account) throws IOException {
        file.giveTo(account);
    }

    /** From now on a group, too, may connect; its folder is to {@linkplain PrivateFolder#letThrough let it through}. */
    public void shareWith(int gid) throws IOException {
        file.shareWith(gid);
    }

    public Path path() {
        return path;
    }

    /** How many connections there are now. */
    public int connections() {
        synchronized (connections) {
            return connections.size();
        }
    }

    /**
     * Stops listening, removes the socket file, and ends every connection: a thread that reads one sees its end. It does
     * not wait for those threads.
     */
    @Override
    public void close() throws IOException {
        closing = true;
        wakeUp.signal();
        try {
            file.close();
        } finally {
            joinAcceptor();
            synchronized (connections) {
                connections.forEach(UnixConnection::close);
            }
            serving.shutdown();
            spare.close();
        }
    }

    private void joinAcceptor() {
        if (Thread.currentThread() == acceptor) {
            return;
        }
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            // It ends all the same, a moment later.
            Thread.currentThread().interrupt();
        }
    }

    private void acceptAll() {
        try (wakeUp;
                listener) {
            Poll toAccept = new Poll(List.of(wakeUp.fd(), listener));
            Poll toRetry = new Poll(List.of(wakeUp.fd()));
            String shortage = null;
            while (!closing) {
                toAccept.await(Abi.INFINITE);
                wakeUp.reset();
                if (closing || !toAccept.ready(1)) {
                    continue;
                }
                String found = acceptNext();
                if (found != null && shortage == null) {
                    report(": cannot accept connections (" + found + "); they wait until it can");
                } else if (found == null && shortage != null) {
                    report(": accepts connections again (it was " + shortage + ")");
                }
                shortage = found;
                if (found != null) {
                    // A connection that ends wakes it; what else in this process frees a descriptor can't be seen.
                    toRetry.await(SHORTAGE_MILLIS);
                }
            }
        } catch (IOException e) {
            report(": accepts no more connections: " + Why.of(e));
        }
    }

    /** {@link #acceptOne}; what goes wrong with one connection ends that one, and is said. */
    private @Nullable String acceptNext() throws IOException {
        try {
            return acceptOne();
        } catch (RuntimeException | LinkageError e) {
            report(": disconnected somebody: " + e);
            return null;
        }
    }

    /** Accepts and starts one connection; returns what was short, if something was. */
    private @Nullable String acceptOne() throws IOException {
        UnixConnection connection;
        try {
            connection = new UnixConnection(new Fd(
                    Kernel.call(
                            "accept4",
                            path.toString(),
                            () -> Kernel.LIBC.accept4(listener.number(), null, null, Abi.SOCK_CLOEXEC)),
                    path.toString()));
        } catch (LinuxException e) {
            if (e.is(Errno.EMFILE) && spare.giveUp(FOR_ONE)) {
                return acceptOne();
            }
            if (SHORTAGE.stream().anyMatch(e::is)) {
                return e.errno();
            }
            if (e.is(Errno.EAGAIN) || e.is(Errno.ECONNABORTED)) {
                return null;
            }
            throw e;
        }
        boolean full;
        synchronized (connections) {
            full = connections.size() >= limit;
            if (!full) {
                connections.add(connection);
            }
        }
        if (full) {
            refuse(connection);
        } else {
            start(connection);
        }
        return null;
    }

    private void refuse(UnixConnection connection) {
        try {
            connection.send(refusal);
        } catch (IOException e) {
            // It has gone already, and needs no answer.
        } finally {
            connection.release();
        }
    }

    private void start(UnixConnection connection) {
        try {
            serving.execute(() -> serve(connection));
        } catch (OutOfMemoryError e) {
            synchronized (connections) {
                connections.remove(connection);
            }
            report(": refused " + connection.peer() + ": " + e.getMessage() + " (ulimit -u, or TasksMax of the unit)");
            refuse(connection);
        }
    }

    private void serve(UnixConnection connection) {
        try {
            each.accept(connection);
        } finally {
            end(connection);
        }
    }

    private void end(UnixConnection connection) {
        synchronized (connections) {
            connections.remove(connection);
        }
        connection.release();
        spare.refill();
        wakeUp.signal();
    }

    private void report(String what) {
        Guarded.run(() -> trouble.accept(path + what));
    }
}
