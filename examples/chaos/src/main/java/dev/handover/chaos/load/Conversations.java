package dev.handover.chaos.load;

import dev.handover.chaos.load.Connection.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Holds every connection's conversation, as its mode has it, and ends every attempt exactly once. */
final class Conversations {
    /** How long a server may take to close after its reply before the client closes first. */
    private static final long LINGER = TimeUnit.SECONDS.toNanos(1);

    private final LoadOptions options;
    private final Selector selector;
    private final Connector connector;
    private final Tally tally;
    private final Phrases phrases;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);
    private final PriorityQueue<Connection> wakes =
            new PriorityQueue<>(Comparator.comparingLong(connection -> connection.wakeAt));
    /** Mode keepalive's connections: attempt n belongs to place n modulo their number. */
    private final @Nullable Connection[] kept;

    private int attemptsOpen;
    private int lingering;

    Conversations(LoadOptions options, Selector selector, Connector connector, Tally tally) {
        this.options = options;
        this.selector = selector;
        this.connector = connector;
        this.tally = tally;
        this.phrases = new Phrases(options);
        this.kept = new Connection[options.connections()];
    }

    /** Whether an attempt has not ended, or a connection waits for the server to close it. */
    boolean isBusy() {
        return attemptsOpen > 0 || lingering > 0;
    }

    /** When the next {@link #wake} is due, or {@link Long#MAX_VALUE}. */
    long nextWake() {
        @Nullable Connection first = wakes.peek();
        return first == null ? Long.MAX_VALUE : first.wakeAt;
    }

    void begin(Attempt attempt, long now) {
        attemptsOpen++;
        @Nullable Connection idle = options.mode() == Mode.KEEPALIVE ? kept[placeOf(attempt)] : null;
        if (idle != null && idle.phase == Phase.IDLE) {
            idle.attempt = attempt;
            ask(idle, attempt.dueAt(), now);
        } else {
            connect(attempt, now);
        }
    }

    /** Sends the lines of mode long that are due, and ends the connections whose own end has come. */
    void wake(long now) {
        while (nextWake() <= now) {
            Connection connection = wakes.remove();
            if (connection.phase != Phase.IDLE) {
                continue;
            }
            if (connection.wakeAt >= connection.endsAt) {
                end(connection, Outcome.OK, "", now);
                connection.close();
            } else {
                ask(connection, connection.wakeAt, now);
            }
        }
    }

    void onReady(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        long now = System.nanoTime();
        try {
            if (connection.phase == Phase.CONNECTING) {
                if (connection.finishConnect()) {
                    connected(connection, now);
                }
                return;
            }
            if (connection.isWritable()) {
                connection.send();
            }
            if (connection.isReadable()) {
                int count = connection.receive(buffer);
                if (count < 0) {
                    onEnd(connection, now);
                } else {
                    onBytes(connection, now);
                }
            }
        } catch (IOException e) {
            onBroken(connection, e, now);
        }
    }

    void onDeadline(Connection connection, long now) {
        switch (connection.phase) {
            case CONNECTING -> end(connection, Outcome.CONNECT_TIMEOUT, "", now);
            case AWAITING_REPLY ->
                end(
                        connection,
                        Outcome.REPLY_TIMEOUT,
                        connection.reply().isStarted() ? "a part of the reply came" : "",
                        now);
            case LINGERING -> lingering--;
            case IDLE, CLOSED -> {
                return;
            }
        }
        connection.close();
    }

    private void connect(Attempt attempt, long now) {
        tally.connecting();
        @Nullable Connection connection = null;
        try {
            SocketChannel channel = connector.connect();
            connection = new Connection(channel, selector, attempt, now);
            connection.deadline = now + options.connectTimeout().toNanos();
            if (connection.finishConnect()) {
                connected(connection, System.nanoTime());
            }
        } catch (IOException e) {
            if (connection != null) {
                onBroken(connection, e, System.nanoTime());
            } else {
                attemptsOpen--;
                tally.ended(Failure.whileConnecting(e), String.valueOf(e.getMessage()), "", System.nanoTime());
            }
        }
    }

    private void connected(Connection connection, long now) {
        tally.connected(now - connection.begunAt);
        connection.endsAt = connection.attempt.dueAt() + options.lifetime().toNanos();
        ask(connection, connection.attempt.dueAt(), now);
    }

    private void ask(Connection connection, long dueAt, long now) {
        Phrases.Exchange exchange = phrases.exchange(connection.attempt, connection.turns);
        connection.askedAt = dueAt;
        connection.deadline = now + options.replyTimeout().toNanos();
        try {
            connection.await(exchange.request(), exchange.reply());
        } catch (IOException e) {
            onBroken(connection, e, now);
        }
    }

    private void onBytes(Connection connection, long now) {
        switch (connection.phase) {
            case AWAITING_REPLY -> {
                if (connection.reply().take(buffer)) {
                    onWhole(connection, now);
                }
            }
            case IDLE -> onUnasked(connection);
            case LINGERING, CLOSED -> {}
            case CONNECTING -> throw new IllegalStateException("bytes before the connection");
        }
    }

    private void onWhole(Connection connection, long now) {
        tally.replied(connection.reply(), now - connection.askedAt);
        connection.turns++;
        switch (options.mode()) {
            case HTTP -> {
                end(connection, Outcome.OK, "", now);
                linger(connection, now);
            }
            case LINE, BANNER -> {
                end(connection, Outcome.OK, "", now);
                connection.close();
            }
            case KEEPALIVE -> {
                end(connection, Outcome.OK, "", now);
                keep(connection, now);
            }
            case LONG -> {
                connection.phase = Phase.IDLE;
                connection.wakeAt = Math.min(
                        connection.endsAt,
                        connection.askedAt + options.lineInterval().toNanos());
                wakes.add(connection);
            }
        }
    }

    private void keep(Connection connection, long now) {
        int place = placeOf(connection.attempt);
        if (!connection.reply().keepsAlive()) {
            linger(connection, now);
            return;
        }
        @Nullable Connection present = kept[place];
        if (present == null
                || present == connection
                || present.phase == Phase.CLOSED
                || present.phase == Phase.LINGERING) {
            kept[place] = connection;
            connection.phase = Phase.IDLE;
        } else {
            // Opened because the one in this place was still busy; one per place is enough.
            connection.close();
        }
    }

    /** The server closed in order. */
    private void onEnd(Connection connection, long now) {
        switch (connection.phase) {
            case AWAITING_REPLY -> {
                if (connection.reply().isWholeAtEnd()) {
                    onWholeAtEnd(connection, now);
                } else if (isKnownRace(connection)) {
                    retry(connection, now);
                } else {
                    boolean started = connection.reply().isStarted();
                    end(connection, started ? Outcome.SHORT_REPLY : Outcome.CLOSED_WITHOUT_REPLY, "", now);
                }
            }
            case IDLE -> {
                if (options.mode() == Mode.LONG) {
                    end(connection, Outcome.CLOSED_WITHOUT_REPLY, "between two lines", now);
                }
            }
            case LINGERING -> lingering--;
            case CLOSED -> {}
            case CONNECTING -> throw new IllegalStateException("an end before the connection");
        }
        connection.close();
    }

    private void onWholeAtEnd(Connection connection, long now) {
        tally.replied(connection.reply(), now - connection.askedAt);
        end(connection, Outcome.OK, "", now);
    }

    private void onBroken(Connection connection, IOException e, long now) {
        String detail = String.valueOf(e.getMessage());
        switch (connection.phase) {
            case CONNECTING -> end(connection, Failure.whileConnecting(e), detail, now);
            case AWAITING_REPLY -> {
                Outcome outcome = Failure.whileTalking(e, connection.reply().isStarted());
                if (outcome == Outcome.RESET_BEFORE_REPLY && isKnownRace(connection)) {
                    retry(connection, now);
                } else {
                    end(connection, outcome, detail, now);
                }
            }
            case IDLE -> {
                if (options.mode() == Mode.LONG) {
                    end(connection, Failure.whileTalking(e, false), detail + " between two lines", now);
                }
            }
            case LINGERING -> lingering--;
            case CLOSED -> {}
        }
        connection.close();
    }

    /** A server may give up a connection kept alive at any time, a request on its way or not (RFC 9112, 9.3.1). */
    private boolean isKnownRace(Connection connection) {
        return options.mode() == Mode.KEEPALIVE
                && connection.turns > 0
                && !connection.reply().isStarted();
    }

    private void retry(Connection connection, long now) {
        tally.metClosing();
        connection.close();
        connect(connection.attempt, now);
    }

    /** Bytes that nobody asked for: an HTTP server may give up an idle connection with a 408; an echo server is wrong. */
    private void onUnasked(Connection connection) {
        if (options.mode() == Mode.LONG) {
            tally.wrongReply();
        } else {
            connection.close();
        }
    }

    private void linger(Connection connection, long now) {
        connection.phase = Phase.LINGERING;
        connection.deadline = now + LINGER;
        lingering++;
    }

    private void end(Connection connection, Outcome outcome, String detail, long now) {
        attemptsOpen--;
        tally.ended(outcome, detail, connection.client, now);
    }

    private int placeOf(Attempt attempt) {
        return (int) (attempt.number() % kept.length);
    }
}
