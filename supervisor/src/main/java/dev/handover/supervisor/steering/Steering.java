package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Pidfd;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Moves new connections between generations, and posts what came of it. All is done in the order asked for, on one thread;
 * every call returns at once.
 */
public final class Steering implements AutoCloseable {
    private static final Duration STATUS_LIMIT = Duration.ofSeconds(2);

    private final Consumer<Event> inbox;
    private final Consumer<String> warnings;
    private final LongPredicate isWorker;
    private final BiPredicate<WorkerId, HeldListener> pass;
    private final ServiceCommand command;
    private final ExitWatch exits;
    private final LinuxKernel kernel;
    private final SteeringThread thread = new SteeringThread();
    /** What waits to be done on the thread, by service. */
    private final Map<ServiceName, AtomicInteger> flipsWaiting = new ConcurrentHashMap<>();
    /** The thread's own, as all that follows. */
    private final Map<ServiceName, ServiceSteering> services = new HashMap<>();

    private final Groups groups;

    /**
     * @param inbox gets events, on any thread
     * @param warnings gets one line each of what nobody asked about: strangers, what a crashed worker left behind
     * @param isWorker whether a pid is that of a worker of any service, or of a descendant of one; any thread may ask
     * @param pass passes a listener to a worker, and says whether it was sent; any thread may call
     * @param command runs the commands of health checks; threads that only wait for them call it
     * @param exits watches descendants of workers; it is its maker's to close
     * @throws LinuxException if there is no socket to ask the kernel with; one is enough for all services, whenever they come
     */
    public Steering(
            Consumer<Event> inbox,
            Consumer<String> warnings,
            LongPredicate isWorker,
            BiPredicate<WorkerId, HeldListener> pass,
            ServiceCommand command,
            ExitWatch exits)
            throws LinuxException {
        this.kernel = new LinuxKernel();
        this.groups = new Groups(kernel);
        this.exits = exits;
        this.inbox = inbox;
        this.warnings = warnings;
        this.isWorker = isWorker;
        this.pass = pass;
        this.command = command;
    }

    /** Performs it after all that was decided before. */
    public void perform(Effect.OfSteering effect) {
        AtomicInteger flips = flipsWaiting.computeIfAbsent(effect.service(), name -> new AtomicInteger());
        boolean flip = effect instanceof Effect.Steer || effect instanceof Effect.Share;
        if (flip) {
            flips.incrementAndGet();
        }
        thread.execute(now -> {
            if (flip) {
                flips.decrementAndGet();
            }
            // A flip that waits already does what a hold would do, and is not to be held up.
            if (!(effect instanceof Effect.Hold) || flips.get() == 0) {
                of(effect.service()).perform(effect, now);
            }
        });
    }

    /**
     * How services are steered now: asked of the kernel, so that strangers are seen, too.
     *
     * @return without those that are not steered, or do not say so within a second or two
     */
    public CompletableFuture<Map<ServiceName, SteeringStatus>> status(Collection<ServiceName> asked) {
        Map<ServiceName, SteeringStatus> known = new ConcurrentHashMap<>();
        CompletableFuture<Void> answered = new CompletableFuture<>();
        for (ServiceName service : asked) {
            thread.execute(now -> {
                ServiceSteering steering = services.get(service);
                if (steering != null && !answered.isDone()) {
                    steering.status(isWorker).ifPresent(status -> known.put(service, status));
                }
            });
        }
        thread.execute(now -> answered.complete(null));
        return answered.completeOnTimeout(null, STATUS_LIMIT.toNanos(), TimeUnit.NANOSECONDS)
                .thenApply(all -> Map.copyOf(known));
    }

    private ServiceSteering of(ServiceName service) {
        return services.computeIfAbsent(
                service,
                name -> new ServiceSteering(
                        name,
                        kernel,
                        new Roster(name, groups, kernel),
                        inbox,
                        warnings,
                        pass,
                        command,
                        new Strangers(kernel, isWorker, warnings),
                        new Rivals(kernel, isWorker, warnings),
                        this::watch,
                        thread));
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

    /**
     * The same, before another supervisor is started. What dead workers left, also those of whom nobody has told, is passed to
     * those that can adopt it: this process, on its way out, would keep it open until the end, and let nobody accept.
     */
    public void leave() {
        thread.execute(now -> services.values().forEach(ServiceSteering::passOn));
        close();
    }

    /** Lets go of every listener; the workers keep theirs, and the groups their programs. Waits for what is under way. */
    @Override
    public void close() {
        thread.close(() -> {
            services.values().forEach(ServiceSteering::close);
            groups.dropAll();
        });
        kernel.close();
    }
}
