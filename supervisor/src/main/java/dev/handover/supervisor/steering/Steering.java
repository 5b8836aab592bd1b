package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Pidfd;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final SockDiag sockets;
    private final Map<ServiceName, SteeringThread> services = new ConcurrentHashMap<>();

    /**
     * @param inbox gets events, on any thread
     * @param warnings gets one line each of what nobody asked about: strangers, what a crashed worker left behind
     * @param isWorker whether a pid is that of a worker of any service, or of a descendant of one; any thread may ask
     * @param pass passes a listener to a worker, and says whether it was sent; any thread may call
     * @param exits watches descendants of workers; it is its maker's to close
     * @throws LinuxException if there is no socket to ask the kernel with; one is enough for all services, whenever they come
     */
    public Steering(
            Consumer<Event> inbox,
            Consumer<String> warnings,
            LongPredicate isWorker,
            BiPredicate<WorkerId, HeldListener> pass,
            ExitWatch exits)
            throws LinuxException {
        this.sockets = new SockDiag();
        this.exits = exits;
        this.inbox = inbox;
        this.warnings = warnings;
        this.isWorker = isWorker;
        this.pass = pass;
    }

    /** Performs it on the service's own thread, after all that was decided for the service before. */
    public void perform(Effect.OfSteering effect) {
        of(effect.service()).perform(effect);
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
        return services.computeIfAbsent(
                service,
                name -> new SteeringThread(
                        name,
                        turns -> new ServiceSteering(
                                name,
                                sockets,
                                new Roster(sockets),
                                inbox,
                                warnings,
                                pass,
                                new Strangers(isWorker, warnings),
                                this::watch,
                                turns)));
    }

    private void watch(ProcessId process, Runnable ended) throws LinuxException {
        Optional<Pidfd> running = Pidfd.open(process.pid());
        if (running.isPresent()) {
            try (Pidfd pidfd = running.get()) {
                exits.watch(pidfd, ended);
            }
        } else {
            ended.run();
        }
    }

    /** Lets go of every listener; the workers keep theirs, and the groups their programs. Waits for what is under way. */
    @Override
    public void close() {
        services.values().forEach(SteeringThread::close);
        sockets.close();
    }
}
