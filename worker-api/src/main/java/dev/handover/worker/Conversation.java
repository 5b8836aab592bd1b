package dev.handover.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One connection's worth of the worker protocol, without the connection: messages and facts in, messages out. It
 * remembers what has been said and says what differs, so a new conversation repeats what still holds, and a gauge
 * that moves a thousand times between two messages costs one message. Times are {@link System#nanoTime()}'s.
 */
final class Conversation {
    static final Duration HELLO_TIMEOUT = Duration.ofSeconds(10);

    /** How often a moving gauge is told: seldom enough to cost nothing, often enough for a person who watches. */
    static final Duration GAUGE_PAUSE = Duration.ofMillis(200);

    static final Duration GAUGE_PAUSE_DRAINING = Duration.ofMillis(20);

    private static final int VERSION = 1;
    private static final int UNTOLD = -1;
    private static final Pattern MILLISECONDS = Pattern.compile("[0-9]{1,15}");

    private final Optional<Duration> heartbeatPause;
    private final long startedAt;
    private final List<Message> replies = new ArrayList<>();
    private boolean saidHello;
    private boolean heardHello;
    private boolean saidReady;
    private @Nullable String saidStatus;
    private int saidConnections = UNTOLD;
    private boolean saidDraining;
    private boolean saidDone;
    private long gaugeDue;
    private long heartbeatDue;

    Conversation(Optional<Duration> watchdog, long now) {
        this.heartbeatPause = watchdog.map(timeout -> timeout.dividedBy(2));
        this.startedAt = now;
        this.gaugeDue = now;
        this.heartbeatDue = now;
    }

    /** Takes a message of the supervisor's; gives the milliseconds left where it is a DRAIN. */
    OptionalLong hear(Message message) {
        String key = message.key();
        if (key.equals("ERROR")) {
            return OptionalLong.empty();
        }
        if (key.equals("HELLO")) {
            hearHello(message.value());
        } else if (!heardHello) {
            object(key + ": HELLO comes first");
        } else if (!key.equals("DRAIN")) {
            object(key + ": unknown key");
        } else if (!MILLISECONDS.matcher(message.value()).matches()) {
            object("DRAIN: milliseconds from 0 expected");
        } else {
            return OptionalLong.of(Long.parseLong(message.value()));
        }
        return OptionalLong.empty();
    }

    private void hearHello(String version) {
        if (heardHello) {
            object("HELLO: said already");
        } else if (!version.equals(Integer.toString(VERSION))) {
            object("HELLO: version " + VERSION + " expected");
        } else {
            heardHello = true;
        }
    }

    /** Has an ERROR said. */
    void object(String reason) {
        replies.add(Message.ofText("ERROR", reason));
    }

    /** What is to be said now. The caller says all of it before it asks again. */
    List<Message> due(Facts facts, boolean alive, long now) {
        List<Message> due = new ArrayList<>();
        if (!saidHello) {
            saidHello = true;
            due.add(new Message("HELLO", Integer.toString(VERSION)));
        }
        due.addAll(replies);
        replies.clear();
        if (!heardHello || saidDone) {
            return due;
        }
        if (facts.ready() && !saidReady) {
            saidReady = true;
            due.add(new Message("READY", "1"));
        }
        if (facts.status() != null && !Objects.equals(facts.status(), saidStatus)) {
            saidStatus = facts.status();
            due.add(Message.ofText("STATUS", facts.status()));
        }
        if (facts.stopped() && !saidDraining) {
            saidDraining = true;
            saidConnections = UNTOLD; // "Those left" is news, even where the number is the same.
            due.add(new Message("DRAINING", "1"));
        }
        sayConnections(facts, now, due);
        if (heartbeatPause.isPresent() && now - heartbeatDue >= 0 && alive) {
            heartbeatDue = now + heartbeatPause.get().toNanos();
            due.add(new Message("HEARTBEAT", "1"));
        }
        if (facts.done()) {
            saidDone = true;
            due.add(new Message("DONE", "1"));
        }
        return due;
    }

    private void sayConnections(Facts facts, long now, List<Message> due) {
        boolean first = saidConnections == UNTOLD;
        boolean worthSaying = !first || facts.ready() || facts.draining() || facts.connections() > 0;
        if (worthSaying
                && facts.connections() != saidConnections
                && (first || facts.done() || (facts.connections() == 0 && facts.draining()) || now - gaugeDue >= 0)) {
            saidConnections = facts.connections();
            gaugeDue = now + gaugePause(facts).toNanos();
            due.add(new Message("CONNECTIONS", Integer.toString(saidConnections)));
        }
    }

    boolean greeted() {
        return heardHello;
    }

    boolean saidDone() {
        return saidDone;
    }

    /** Whether the supervisor has had its time to say hello, and didn't. */
    boolean unanswered(long now) {
        return !heardHello && now - startedAt >= HELLO_TIMEOUT.toNanos();
    }

    /** How long the facts may go unlooked at. */
    Duration nextLook(Facts facts, long now) {
        if (!heardHello) {
            return Duration.ofNanos(Math.max(0, startedAt + HELLO_TIMEOUT.toNanos() - now));
        }
        Duration next = gaugePause(facts);
        if (heartbeatPause.isPresent()) {
            Duration heartbeat = Duration.ofNanos(Math.max(0, heartbeatDue - now));
            // One that is overdue waits for the application to live again: look for that in the gauge's turn.
            next = !heartbeat.isZero() && heartbeat.compareTo(next) < 0 ? heartbeat : next;
        }
        return next;
    }

    private static Duration gaugePause(Facts facts) {
        return facts.draining() ? GAUGE_PAUSE_DRAINING : GAUGE_PAUSE;
    }
}
