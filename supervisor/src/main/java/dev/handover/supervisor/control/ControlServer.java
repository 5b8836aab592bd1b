package dev.handover.supervisor.control;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Speaks {@code docs/control.md} with each client that is let in. */
public final class ControlServer {
    /** Clients at a time. */
    public static final int MOST_CLIENTS = 64;

    /** Where all places are taken, one that has awaited nothing for so long gives up his to the next. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Requests requests;
    private final int ownUid;
    private final Executor writers;
    private final Consumer<String> log;
    private final Duration idle;
    private final Set<Outbox> clients = ConcurrentHashMap.newKeySet();

    /**
     * @param ownUid of the daemon; it and root (0) are let in
     * @param writers runs one long task for each client; may refuse one more by an OutOfMemoryError
     * @param log takes a line about a client that misbehaves, from any thread
     */
    public ControlServer(Requests requests, int ownUid, Executor writers, Consumer<String> log) {
        this(requests, ownUid, writers, log, IDLE);
    }

    ControlServer(Requests requests, int ownUid, Executor writers, Consumer<String> log, Duration idle) {
        this.requests = requests;
        this.ownUid = ownUid;
        this.writers = writers;
        this.log = log;
        this.idle = idle;
    }

    /** What a client beyond the most that are served is told, before it is disconnected. */
    public static byte[] tooMany() {
        return AnswerLine.error(
                        null,
                        ErrorCode.BUSY,
                        "the supervisor can serve no more clients now (" + MOST_CLIENTS
                                + " are the most, fewer where threads are short); try again")
                .bytes();
    }

    /** Serves one client until it is gone or has had all its answers, and closes its connection. */
    public void serve(Peer peer) {
        try {
            if (peer.uid() != 0 && peer.uid() != ownUid) {
                refuse(peer);
                return;
            }
            Outbox outbox = new Outbox(peer, log);
            if (!admit(outbox)) {
                tell(peer, tooMany());
                return;
            }
            try {
                writers.execute(outbox::write);
                new ControlConnection(peer, requests, outbox).serve();
            } catch (OutOfMemoryError noThread) {
                tell(peer, tooMany());
            } finally {
                clients.remove(outbox);
            }
        } catch (IOException e) {
            // A client may go away when it likes; what it asked for goes on.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            peer.close();
        }
    }

    /** Adds one more client; false if there is no place for it. */
    private boolean admit(Outbox outbox) {
        synchronized (clients) {
            if (clients.size() >= MOST_CLIENTS && !makeRoom()) {
                return false;
            }
            return clients.add(outbox);
        }
    }

    /** Disconnects who has been idle for the longest; false if nobody has been for long. */
    private boolean makeRoom() {
        long now = System.nanoTime();
        Optional<Outbox> longest = clients.stream()
                .max(Comparator.comparingLong(client -> client.idle(now)))
                .filter(client -> client.idle(now) >= idle.toNanos());
        longest.ifPresent(client -> {
            clients.remove(client);
            client.close();
        });
        return longest.isPresent();
    }

    private static void tell(Peer peer, byte[] line) throws IOException {
        OutputStream output = peer.output();
        output.write(line);
        output.flush();
    }

    private void refuse(Peer peer) throws IOException {
        String message = "only root and uid " + ownUid + ", which the supervisor runs as, are served here, not uid "
                + peer.uid();
        log.accept("control: refused " + peer + ": " + message);
        tell(peer, AnswerLine.error(null, ErrorCode.FORBIDDEN, message).bytes());
    }

    /**
     * For a daemon that ends: writes what was answered, for at most {@code limit} a client, and disconnects everyone.
     */
    public void finish(Duration limit) throws InterruptedException {
        for (Outbox client : clients) {
            client.finish(limit);
        }
    }
}
