package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Moves new connections between generations, and posts what came of it. What concerns one service is done in the order
 * asked for, on a thread of its own; every call returns at once.
 */
public final class Steering implements AutoCloseable {
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(2);

    private final Consumer<Event> inbox;
    private final Consumer<String> warnings;
    private final LongPredicate isWorker;
    private final BiPredicate<WorkerId, HeldListener> pass;
    private final ExitWatch exits;
    private final Map<ServiceName, SteeringThread> services = new ConcurrentHashMap<>();

    /**
     * @param inbox gets events, on any thread
     * @param warnings gets one line each of what nobody asked about: strangers, what a crashed worker left behind
     * @param isWorker whether a pid is that of a worker of any service, or of a descendant of one; any thread may ask
     * @param pass passes a listener to a worker, and says whether it was sent; any thread may call
     * @param exits watches descendants of workers; it is its maker's to close
     */
    public Steering(
            Consumer<Event> inbox,
            Consumer<String> warnings,
            LongPredicate isWorker,
            BiPredicate<WorkerId, HeldListener> pass,
            ExitWatch exits) {
        this.exits = exits;
        this.inbox = inbox;
        this.warnings = warnings;
        this.isWorker = isWorker;
        this.pass = pass;
    }

    /**
     * Holds the listeners of a worker whose generation is yet to be steered to, and places them, so that {@link #steer}
     * finds it done. Nothing moves, nothing is posted, and what can't be done now is left to {@link #steer}; what was is
     * undone by {@link #release}.
     */
    public void hold(WorkerId worker, ProcessId process, List<ListenAddress> listen) {
        List<ListenAddress> declared = List.copyOf(listen);
        of(worker.service()).hold(steering -> steering.hold(worker, process, declared));
    }

    /**
     * Holds the listeners of a generation whose workers are ready, and moves new connections to it; also back to one that
     * was steered away from and not released, and to one that a supervisor before this one steered to.
     *
     * <p>Posts {@link Event.Steered}; or {@link Event.Unfit}, with everything as before.
     */
    public void steer(
            ServiceName service,
            GenerationId generation,
            Map<WorkerId, ProcessId> workers,
            List<ListenAddress> listen) {
        Map<WorkerId, ProcessId> ready = Map.copyOf(workers);
        List<ListenAddress> declared = List.copyOf(listen);
        of(service).steer(steering -> steering.steer(generation, ready, declared));
    }

    /** Steers a service no more, and lets go of its listeners. Posts {@link Event.Steered}. */
    public void giveUp(ServiceName service, GenerationId generation, List<ListenAddress> listen) {
        List<ListenAddress> declared = List.copyOf(listen);
        of(service).run(steering -> steering.giveUp(generation, declared));
    }

    /**
     * Waits until all handshakes that were in flight at the flip have ended and the old listeners' queues are empty, at
     * most for so long. Then posts {@link Event.Quiesced}.
     */
    public void quiesce(ServiceName service, GenerationId generation, Duration limit) {
        of(service).quiesce(generation, limit);
    }

    /** Lets go of a generation's listeners; its workers have ended or have closed theirs. Posts {@link Event.Released}. */
    public void release(ServiceName service, GenerationId generation) {
        of(service).run(steering -> steering.release(generation));
    }

    /** Gives a worker that was started again, and is ready, its share of new connections. */
    public void rejoin(WorkerId worker, ProcessId process) {
        of(worker.service()).run(steering -> steering.rejoin(worker, process));
    }

    /**
     * Takes a dead worker's share away; if no other serves, clients wait until one rejoins, and are not refused. What
     * waits in its listeners goes to the {@linkplain #adopters adopters}.
     *
     * @param patience how long it may wait for one, and then to be taken; 0 if none is expected
     */
    public void steerAway(WorkerId worker, Duration patience) {
        of(worker.service()).run(steering -> steering.steerAway(worker, patience));
    }

    /** Says who, from now on, can adopt what a dead worker of the service left behind. */
    public void adopters(ServiceName service, Map<WorkerId, ProcessId> adopters) {
        Map<WorkerId, ProcessId> able = Map.copyOf(adopters);
        of(service).run(steering -> steering.adopters(able));
    }

    /**
     * How services are steered now: asked of the kernel, so that strangers are seen, too.
     *
     * @return without those that are not steered, or do not say so within a second or two
     */
    public CompletableFuture<Map<ServiceName, SteeringStatus>> status(Collection<ServiceName> asked) {
        Map<ServiceName, SteeringStatus> known = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (ServiceName service : asked) {
            SteeringThread thread = services.get(service);
            if (thread != null) {
                answers.add(thread.status(isWorker, STATUS_LIMIT)
                        .thenAccept(status -> status.ifPresent(one -> known.put(service, one))));
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> Map.copyOf(known));
    }

    private SteeringThread of(ServiceName service) {
        return services.computeIfAbsent(service, name -> {
            try {
                SockDiag sockets = new SockDiag();
                ServiceSteering steering =
                        new ServiceSteering(name, sockets, new Roster(sockets), inbox, warnings, pass);
                return new SteeringThread(name, steering, new Strangers(isWorker, warnings), exits, inbox);
            } catch (LinuxException e) {
                throw new IllegalStateException("no socket to ask the kernel with: " + e.getMessage(), e);
            }
        });
    }

    /** Lets go of every listener; the workers keep theirs, and the groups their programs. Waits for what is under way. */
    @Override
    public void close() {
        services.values().forEach(SteeringThread::close);
    }
}
