package dev.handover.supervisor.protocol;

import dev.handover.supervisor.lines.Pace;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.UnixConnection;
import dev.handover.supervisor.process.RunningWorkers.Speaker;
import dev.handover.supervisor.protocol.WorkerMessage.BadMessage;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** One connection of the worker protocol, from its hello to its end. */
final class WorkerSession {
    private static final int VERSION = 1;

    private final UnixConnection connection;
    private final Speaker speaker;
    private final Pace pace;
    private final Consumer<Event> events;
    private final Consumer<String> warnings;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile long connections;
    private volatile boolean adopts;
    private volatile boolean hearingOut;

    /** @param pace of all that the worker says, on whichever connection */
    WorkerSession(
            UnixConnection connection, Speaker speaker, Pace pace, Consumer<Event> events, Consumer<String> warnings) {
        this.connection = connection;
        this.speaker = speaker;
        this.pace = pace;
        this.events = events;
        this.warnings = warnings;
    }

    boolean isWith(long pid) {
        return connection.peer().pid() == pid;
    }

    /** Ends the connection; completes when all that had been said by then has been passed on. */
    CompletableFuture<Void> hearOut() {
        hearingOut = true;
        connection.close();
        return ended;
    }

    Speaker speaker() {
        return speaker;
    }

    /** The open connections that this process of the worker last told of. */
    long connections() {
        return connections;
    }

    /** Converses until the worker's end closes or can no longer be understood. */
    void run(Runnable joined) throws IOException {
        MessageReader messages = new MessageReader(connection.input());
        try {
            if (hello(messages)) {
                joined.run();
                for (Optional<WorkerMessage> next = messages.next(); next.isPresent(); next = messages.next()) {
                    keepPace();
                    take(next.get());
                }
            }
        } catch (BadMessage bad) {
            warnings.accept(
                    speaker.worker() + " can't be understood: " + bad.getMessage() + "; its connection is closed");
            answerError(String.valueOf(bad.getMessage()));
        } finally {
            ended.complete(null);
        }
    }

    private boolean hello(MessageReader messages) throws IOException, BadMessage {
        Optional<WorkerMessage> hello = messages.next();
        if (hello.isEmpty()) {
            return false;
        }
        if (!hello.get().key().equals("HELLO") || hello.get().count() < VERSION) {
            throw new BadMessage("HELLO: versions " + VERSION + " to " + VERSION + " are spoken here");
        }
        try {
            send(connection, new WorkerMessage("HELLO", Integer.toString(VERSION)));
        } catch (IOException gone) {
            // It does not wait for an answer; what it came to say is heard.
        }
        return true;
    }

    /** What the dead have said is limited already, by what a socket holds, and their successors wait for it. */
    private void keepPace() {
        long nanos = pace.next(System.nanoTime());
        if (nanos > 0 && !hearingOut) {
            LockSupport.parkNanos(nanos);
        }
    }

    private void take(WorkerMessage message) throws IOException {
        try {
            Optional<Event> event = event(message, speaker.worker(), speaker.workerPid());
            event.ifPresent(events);
        } catch (BadMessage bad) {
            warnings.accept(speaker.worker() + " says " + message + ": " + bad.getMessage() + "; ignored");
            answerError(String.valueOf(bad.getMessage()));
        }
    }

    private Optional<Event> event(WorkerMessage message, WorkerId worker, long pid) throws BadMessage {
        return switch (message.key()) {
            case "ADOPTS" -> {
                adopts = true;
                yield Optional.of(new Event.SaidAdopts(worker, pid));
            }
            case "READY" -> Optional.of(new Event.SaidReady(worker, pid));
            case "STATUS" -> Optional.of(new Event.SaidStatus(worker, pid, message.value()));
            case "HEARTBEAT" -> Optional.of(new Event.SaidAlive(worker, pid));
            case "DRAINING" -> Optional.of(new Event.SaidDraining(worker, pid));
            case "DONE" -> Optional.of(new Event.SaidDone(worker, pid));
            case "CONNECTIONS" -> {
                connections = message.count();
                yield Optional.of(new Event.SaidConnections(worker, pid, connections));
            }
            case "ERROR" -> {
                warnings.accept(worker + " did not understand us: " + message.value());
                yield Optional.empty();
            }
            default -> throw new BadMessage(message.key() + ": unknown key");
        };
    }

    void drain(Duration left) {
        try {
            send(connection, new WorkerMessage("DRAIN", Long.toString(left.toMillis())));
        } catch (IOException gone) {
            warnings.accept(speaker.worker() + " could not be told to drain: " + Why.of(gone)
                    + "; it is told again when it reconnects");
        }
    }

    /** Whether this process of the worker said that it takes listeners. */
    boolean adopts() {
        return adopts;
    }

    /** Passes a listener; false if the connection has gone. */
    boolean adopt(HeldListener orphan) {
        try {
            WorkerMessage message = new WorkerMessage("ADOPT", orphan.address().toString());
            connection.sendNow(bytes(message), orphan);
            return true;
        } catch (IOException gone) {
            return false; // The caller tries others; a process that has died says nothing of interest here.
        }
    }

    private void answerError(String text) throws IOException {
        send(connection, new WorkerMessage("ERROR", text));
    }

    /** Without a wait: it is the loop that tells them to drain, and steering that passes listeners. */
    static void send(UnixConnection connection, WorkerMessage message) throws IOException {
        connection.sendNow(bytes(message));
    }

    static byte[] bytes(WorkerMessage message) {
        return (message + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
