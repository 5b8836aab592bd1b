package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Door;
import dev.handover.supervisor.terms.IpLiteral;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An address of this machine, whose connections come through a door to the one worker that it leads to, one after the other: for
 * programs that can't be told to bind the door's port. Until it is closed, or its time is over.
 */
final class DoorRelay implements AutoCloseable {
    private static final int WAITING = 16;
    private static final int CHUNK = 8192;

    private final Door door;
    private final long deadline;
    private final Executor threads;
    private final ServerSocket server = new ServerSocket(0, WAITING, InetAddress.getLoopbackAddress());
    /** Guarded by itself. */
    private final Set<Socket> open = new HashSet<>();

    private boolean closed;
    private volatile @Nullable IOException fault;

    /**
     * @param deadline by {@link System#nanoTime}
     * @param threads has one for each task
     * @throws IOException if no port or no thread is to be had
     */
    DoorRelay(Door door, long deadline, Executor threads) throws IOException {
        this.door = door;
        this.deadline = deadline;
        this.threads = threads;
        try {
            threads.execute(this::serve);
        } catch (OutOfMemoryError noThread) {
            server.close();
            throw new IOException("no thread is to be had", noThread);
        }
    }

    /** Such as {@code 127.0.0.1:40123}. */
    String address() {
        return IpLiteral.format(server.getInetAddress()) + ":" + server.getLocalPort();
    }

    /** Why a connection did not come as far as to the worker; empty if that is not known of any. */
    Optional<IOException> fault() {
        return Optional.ofNullable(fault);
    }

    private void serve() {
        for (Optional<Socket> next = next(); next.isPresent(); next = next()) {
            try (Socket client = next.get();
                    Socket kept = kept(client)) {
                lead(kept);
            } catch (IOException over) {
                // Of this one, or of all.
            }
        }
    }

    /** Empty where there is none any more, or none can be taken, which is not the worker's fault. */
    private Optional<Socket> next() {
        try {
            return Optional.of(server.accept());
        } catch (IOException none) {
            if (!server.isClosed()) {
                fault = none;
            }
            return Optional.empty();
        }
    }

    private void lead(Socket client) throws IOException {
        try (DeadlineSocket worker = new DeadlineSocket(deadline);
                Socket kept = kept(worker)) {
            new DoorRequest(door, worker).connect();
            CompletableFuture<Void> back = CompletableFuture.runAsync(() -> pass(kept, client), threads);
            pass(client, kept);
            back.get();
        } catch (DoorRequest.NotSent e) {
            fault = e;
            client.setSoLinger(true, 0);
        } catch (IOException e) {
            client.setSoLinger(true, 0); // it sees what the worker did: it is refused, or reset
            throw e;
        } catch (OutOfMemoryError noThread) {
            fault = new IOException("no thread is to be had", noThread);
        } catch (ExecutionException failed) {
            throw new IOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (open) {
                open.clear();
            }
        }
    }

    private Socket kept(Socket socket) throws IOException {
        synchronized (open) {
            if (closed) {
                socket.close();
                throw new IOException("it is over");
            }
            open.add(socket);
        }
        return socket;
    }

    /** What comes from one goes to the other, to its end; where that is none, to the end of both. */
    private static void pass(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] chunk = new byte[CHUNK];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                out.write(chunk, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException cut) {
            reset(to);
            reset(from);
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            // It is.
        }
    }

    @Override
    public void close() throws IOException {
        Set<Socket> rest;
        synchronized (open) {
            closed = true;
            rest = Set.copyOf(open);
        }
        rest.forEach(DoorRelay::reset);
        server.close();
    }
}
