package dev.handover.supervisor.protocol;

import dev.handover.supervisor.lines.Pace;
import dev.handover.supervisor.lines.Sparing;
import dev.handover.supervisor.linux.Account;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.UnixConnection;
import dev.handover.supervisor.linux.UnixServer;
import dev.handover.supervisor.process.RunningWorkers;
import dev.handover.supervisor.process.RunningWorkers.Speaker;
import dev.handover.supervisor.process.WorkerSockets;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The supervisor's side of the worker protocol (docs/protocol.md). */
public final class WorkerServer implements WorkerSockets, AutoCloseable {
    /** Each is a thread. Two generations of a service may have 1,024 workers each, and a worker one for each of its processes. */
    private static final int MOST_CONNECTIONS = 4096;
    /** A worker that has more to say is read no faster; a second's worth is taken at once. */
    private static final int MESSAGES_A_SECOND = 1000;

    private final RunningWorkers running;
    private final Consumer<Event> inbox;
    private final Supplier<Consumer<Event>> ways;
    private final Consumer<String> warnings;
    private final Map<WorkerId, Set<WorkerSession>> sessions = new ConcurrentHashMap<>();
    /** By the pid of a worker, whose next connection finds the same. */
    private final Map<Long, Limits> limits = new ConcurrentHashMap<>();

    /** All of them, whether they have said hello or not. */
    private final Set<WorkerSession> conversing = ConcurrentHashMap.newKeySet();

    private final Path socket;
    private final UnixServer server;
    /** What is warned of those who are no workers. */
    private final Sparing ofStrangers;

    /** By uid. */
    private final Map<Integer, UnixServer> ofOthers = new HashMap<>();

    /**
     * @param inbox takes what becomes of what is said to workers
     * @param ways makes a way to the same inbox for what one connection says; it may make the connection wait
     * @param warnings takes what is wrong with what they say
     */
    public WorkerServer(
            Path socket,
            RunningWorkers running,
            Consumer<Event> inbox,
            Supplier<Consumer<Event>> ways,
            Consumer<String> warnings)
            throws IOException {
        this.running = running;
        this.inbox = inbox;
        this.ways = ways;
        this.warnings = warnings;
        this.ofStrangers = new Sparing(warnings);
        this.socket = socket;
        this.server = listen(socket);
    }

    /** Of all that a worker says, on whichever connection. */
    private record Limits(Pace pace, Sparing warnings) {}

    private UnixServer listen(Path where) throws IOException {
        return UnixServer.listen(
                where,
                MOST_CONNECTIONS,
                0,
                WorkerSession.bytes(new WorkerMessage("ERROR", "too many connections")),
                this::serve,
                warnings);
    }

    @Override
    public Path of(Optional<Account> account) throws IOException {
        return account.isEmpty() ? socket : of(account.get());
    }

    /** A socket of its own for each user: a user's processes must not be able to take all connections of another's. */
    private Path of(Account account) throws IOException {
        synchronized (ofOthers) {
            UnixServer known = ofOthers.get(account.uid());
            if (known != null) {
                return known.path();
            }
            Path path = socket.resolveSibling(socket.getFileName() + "-" + Integer.toUnsignedString(account.uid()));
            UnixServer made = listen(path);
            ofOthers.put(account.uid(), made);
            PrivateFolder.letThrough(Objects.requireNonNull(path.getParent(), "a socket's path names a folder"));
            made.giveTo(account);
            return path;
        }
    }

    private void serve(UnixConnection connection) {
        try {
            converse(connection);
        } catch (IOException gone) {
            warn(connection, "the connection of " + connection.peer() + " was lost: " + Why.of(gone));
        }
    }

    private void converse(UnixConnection connection) throws IOException {
        Optional<Speaker> speaker = running.speaker(connection.peer().pid());
        if (speaker.isEmpty()) {
            warn(connection, "pid " + connection.peer().pid() + " is no worker of this supervisor; disconnected");
            WorkerSession.send(connection, new WorkerMessage("ERROR", "not a worker of this supervisor"));
            return;
        }
        // After the pid was looked up: as long as he who connected lives, it is his.
        if (connection.peerHasEnded() && !Processes.hasEnded(connection.peer().pid())) {
            ofStrangers.accept(connection.peer() + " connected and ended, and its pid is that of "
                    + speaker.get().worker() + " now, which did not say what it said; disconnected");
            return;
        }
        Consumer<Event> way = ways.get();
        Limits itsLimits = limits.computeIfAbsent(
                speaker.get().workerPid(),
                pid -> new Limits(new Pace(MESSAGES_A_SECOND, System.nanoTime()), new Sparing(warnings)));
        WorkerSession session = new WorkerSession(
                connection, speaker.get(), itsLimits.pace(), event -> way.accept(summed(event)), itsLimits.warnings());
        conversing.add(session);
        try {
            session.run(() -> joined(session, way));
        } finally {
            conversing.remove(session);
            left(session);
        }
    }

    /** Of a process that has ended nothing is left to warn of: its exit tells, and may be told before it is heard here. */
    private void warn(UnixConnection connection, String what) {
        if (!Processes.hasEnded(connection.peer().pid())) {
            ofStrangers.accept(what);
        }
    }

    private void joined(WorkerSession session, Consumer<Event> way) {
        sessions.compute(session.speaker().worker(), (worker, known) -> with(known, session));
        way.accept(
                new Event.Joined(session.speaker().worker(), session.speaker().workerPid()));
    }

    private static Set<WorkerSession> with(@Nullable Set<WorkerSession> known, WorkerSession session) {
        Set<WorkerSession> all = new LinkedHashSet<>(known == null ? Set.of() : known);
        all.add(session);
        return all;
    }

    private void left(WorkerSession session) {
        WorkerId worker = session.speaker().worker();
        sessions.computeIfPresent(worker, (same, known) -> {
            Set<WorkerSession> rest = new LinkedHashSet<>(known);
            rest.remove(session);
            return rest.isEmpty() ? null : rest;
        });
    }

    /** A gauge is summed over the worker's connections; all else counts for the worker as it is. */
    private Event summed(Event event) {
        if (event instanceof Event.SaidConnections said) {
            long all = sessions.getOrDefault(said.worker(), Set.of()).stream()
                    .mapToLong(WorkerSession::connections)
                    .sum();
            return new Event.SaidConnections(said.worker(), said.pid(), all);
        }
        return event;
    }

    /**
     * Ends the connections of a process that has ended; who inherited one from it might keep it open.
     *
     * @return completes when all that the process had said has been passed on
     */
    public CompletableFuture<Void> hearOut(long pid) {
        limits.remove(pid);
        return CompletableFuture.allOf(conversing.stream()
                .filter(session -> session.isWith(pid))
                .map(WorkerSession::hearOut)
                .toArray(CompletableFuture<?>[]::new));
    }

    public void perform(Effect.OfProtocol effect) {
        if (effect instanceof Effect.TellDrain tell) {
            drain(tell);
        } else {
            throw new IllegalArgumentException("nobody says this to a worker: " + effect);
        }
    }

    /** Tells each process of a worker, and posts {@link Event.NotTold} if none is connected. */
    private void drain(Effect.TellDrain drain) {
        Set<WorkerSession> told = sessions.getOrDefault(drain.worker(), Set.of());
        told.forEach(session -> session.drain(drain.left()));
        if (told.isEmpty()) {
            inbox.accept(new Event.NotTold(drain.worker(), drain.process().pid()));
        }
    }

    /**
     * Passes a listener to a worker, which accepts from it from now on. The caller keeps its own.
     *
     * @return whether a process of the worker took it that had said that it can
     */
    public boolean adopt(WorkerId worker, HeldListener orphan) {
        return sessions.getOrDefault(worker, Set.of()).stream()
                .filter(WorkerSession::adopts)
                .anyMatch(session -> session.adopt(orphan));
    }

    @Override
    public void close() throws IOException {
        synchronized (ofOthers) {
            for (UnixServer one : ofOthers.values()) {
                one.close();
            }
        }
        server.close();
    }
}
