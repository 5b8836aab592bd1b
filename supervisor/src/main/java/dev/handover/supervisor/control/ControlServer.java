package dev.handover.supervisor.control;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Speaks {@code docs/control.md} with each client that is let in. */
public final class ControlServer {
    private final Requests requests;
    private final int ownUid;
    private final Consumer<String> log;
    private final Set<Outbox> clients = ConcurrentHashMap.newKeySet();

    /**
     * @param ownUid of the daemon; it and root (0) are let in
     * @param log takes a line about a client that misbehaves, from any thread
     */
    public ControlServer(Requests requests, int ownUid, Consumer<String> log) {
        this.requests = requests;
        this.ownUid = ownUid;
        this.log = log;
    }

    /** What a client beyond the most that are served is told, before it is disconnected. */
    public static byte[] tooMany() {
        return AnswerLine.error(null, ErrorCode.BUSY, "too many connections; try again")
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
            clients.add(outbox);
            try {
                new ControlConnection(peer, requests, outbox).serve();
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

    private void refuse(Peer peer) throws IOException {
        String message = "only root and uid " + ownUid + ", which the supervisor runs as, are served here, not uid "
                + peer.uid();
        log.accept("control: refused " + peer + ": " + message);
        OutputStream output = peer.output();
        output.write(AnswerLine.error(null, ErrorCode.FORBIDDEN, message).bytes());
        output.flush();
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
