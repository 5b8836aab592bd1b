package dev.handover.supervisor.control;

import dev.handover.supervisor.lines.Pace;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Speaks {@code docs/control.md} with each client that is let in. */
public final class ControlServer {
    /** Clients at a time. */
    public static final int MOST_CLIENTS = 64;

    /** Of these at most so many are of the group that monitors, so that it can't keep an operator out. */
    static final int MOST_MONITORS = 16;

    /** What these ask for is taken no faster, all together; a second's worth is taken at once. */
    static final int MONITORS_REQUESTS_A_SECOND = 20;

    /** Where all places are taken, one that has awaited nothing for so long gives up his to the next. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final Requests requests;
    private final int ownUid;
    private final OptionalInt monitors;
    private final Pace monitorsPace = new Pace(MONITORS_REQUESTS_A_SECOND, System.nanoTime());
    private final Executor writers;
    private final Consumer<String> log;
    private final Duration idle;
    private final Map<Outbox, Access> clients = new ConcurrentHashMap<>();

    /**
     * @param ownUid of the daemon; it and root (0) may ask for everything
     * @param monitors the group that may ask for what is only read; nobody else is let in
     * @param writers runs one long task for each client; may refuse one more by an OutOfMemoryError
     * @param log takes a line about a client that misbehaves, from any thread
     */
    public ControlServer(Requests requests, int ownUid, OptionalInt monitors, Executor writers, Consumer<String> log) {
        this(requests, ownUid, monitors, writers, log, IDLE);
    }

    ControlServer(
            Requests requests,
            int ownUid,
            OptionalInt monitors,
            Executor writers,
            Consumer<String> log,
            Duration idle) {
        this.requests = requests;
        this.ownUid = ownUid;
        this.monitors = monitors;
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
            Optional<Access> access = access(peer);
            if (access.isEmpty()) {
                refuse(peer);
                return;
            }
            Outbox outbox = new Outbox(peer, log);
            if (!admit(outbox, access.get())) {
                tell(peer, tooMany());
                return;
            }
            try {
                writers.execute(outbox::write);
                Optional<Pace> pace = access.filter(Access.READING::equals).map(limited -> monitorsPace);
                new ControlConnection(peer, access.get(), pace, requests, outbox).serve();
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

    /** Empty for who is not let in. */
    private Optional<Access> access(Peer peer) throws IOException {
        if (peer.uid() == 0 || peer.uid() == ownUid) {
            return Optional.of(Access.ALL);
        }
        return monitors.isPresent() && peer.isIn(monitors.getAsInt()) ? Optional.of(Access.READING) : Optional.empty();
    }

    /** Adds one more client; false if there is no place for it. */
    private boolean admit(Outbox outbox, Access access) {
        synchronized (clients) {
            if (isFull(access) && !makeRoom(access)) {
                return false;
            }
            clients.put(outbox, access);
            return true;
        }
    }

    private boolean isFull(Access access) {
        return clients.size() >= MOST_CLIENTS
                || (access == Access.READING
                        && clients.values().stream().filter(access::equals).count() >= MOST_MONITORS);
    }

    /**
     * Disconnects who has been idle for the longest, of those that may do no more than who comes; false if nobody has been for
     * long.
     */
    private boolean makeRoom(Access access) {
        long now = System.nanoTime();
        Optional<Outbox> longest = clients.entrySet().stream()
                .filter(client -> access == Access.ALL || client.getValue() == access)
                .map(Map.Entry::getKey)
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
        String message = "only root and uid " + ownUid + ", which the supervisor runs as, "
                + (monitors.isPresent() ? "and gid " + monitors.getAsInt() + ", which monitors, " : "")
                + "are served here, not uid " + peer.uid();
        log.accept("control: refused " + peer + ": " + message);
        tell(peer, AnswerLine.error(null, ErrorCode.FORBIDDEN, message).bytes());
    }

    /**
     * For a daemon that ends: writes what was answered, for at most {@code limit} a client, and disconnects everyone.
     */
    public void finish(Duration limit) throws InterruptedException {
        for (Outbox client : clients.keySet()) {
            client.finish(limit);
        }
    }
}
