package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/** The one thread that a service's steering belongs to. Waits are made of many short turns, with others in between. */
final class SteeringThread implements Turns, AutoCloseable {
    private static final long CLOSE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor thread;
    private final ServiceSteering steering;
    private final AtomicInteger flipsWaiting = new AtomicInteger();

    /** @param steered makes what is to be done here */
    SteeringThread(ServiceName name, Function<Turns, ServiceSteering> steered) {
        // What is seen while this closes comes too late, and is no fault.
        this.thread = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread made = new Thread(task, "steering-" + name);
                    made.setDaemon(true);
                    return made;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.steering = steered.apply(this);
    }

    void perform(Effect.OfSteering effect) {
        boolean flips = effect instanceof Effect.Steer;
        if (flips) {
            flipsWaiting.incrementAndGet();
        }
        execute(now -> {
            if (flips) {
                flipsWaiting.decrementAndGet();
            }
            // A flip that waits already does what a hold would do, and is not to be held up.
            if (!(effect instanceof Effect.Hold) || flipsWaiting.get() == 0) {
                steering.perform(effect, now);
            }
        });
    }

    /** Asks how the service is steered; empty where it is not, or does not say so within the limit. */
    CompletableFuture<Optional<SteeringStatus>> status(LongPredicate isWorker, Duration limit) {
        CompletableFuture<Optional<SteeringStatus>> status = new CompletableFuture<>();
        execute(now -> status.complete(steering.status(isWorker)));
        return status.completeOnTimeout(Optional.empty(), limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public long now() {
        return System.nanoTime();
    }

    private void execute(LongConsumer turn) {
        thread.execute(() -> take(turn));
    }

    @Override
    public void later(long nanos, LongConsumer turn) {
        ScheduledFuture<?> unused = thread.schedule(() -> take(turn), nanos, TimeUnit.NANOSECONDS);
    }

    /** The executor keeps what a task throws to itself; a fault must be seen. */
    private void take(LongConsumer turn) {
        try {
            turn.accept(now());
        } catch (RuntimeException e) {
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
        }
    }

    @Override
    public void close() {
        thread.execute(steering::close);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
