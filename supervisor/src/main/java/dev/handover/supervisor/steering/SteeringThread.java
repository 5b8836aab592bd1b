package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.ExitWatch;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Pidfd;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/** The one thread that a service's steering belongs to. Waits are made of many short turns, with others in between. */
final class SteeringThread implements AutoCloseable {
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CLOSE_SECONDS = 10;

    private final ServiceName name;
    private final ServiceSteering steering;
    private final Strangers strangers;
    private final Consumer<Event> inbox;
    private final ScheduledThreadPoolExecutor thread;
    private final ExitWatch exits;
    private final AtomicInteger flipsWaiting = new AtomicInteger();
    /** Owners whose end is watched for. */
    private final Set<ProcessId> owners = new HashSet<>();

    private boolean watching;
    private boolean replacing;
    private boolean waiting;

    SteeringThread(
            ServiceName name, ServiceSteering steering, Strangers strangers, ExitWatch exits, Consumer<Event> inbox) {
        this.exits = exits;
        this.name = name;
        this.steering = steering;
        this.strangers = strangers;
        this.inbox = inbox;
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
    }

    private void run(Consumer<ServiceSteering> effect) {
        execute(() -> {
            effect.accept(steering);
            lookForStrangers();
            lookForOrphans(SHORTEST_PAUSE_NANOS);
            watchOwners();
        });
    }

    void perform(Effect.OfSteering effect) {
        if (effect instanceof Effect.Hold hold) {
            execute(() -> {
                // A flip that waits already does the same, and is not to be held up.
                if (flipsWaiting.get() == 0) {
                    steering.perform(hold);
                }
            });
        } else if (effect instanceof Effect.Steer steer) {
            flipsWaiting.incrementAndGet();
            run(steering -> {
                flipsWaiting.decrementAndGet();
                steering.perform(steer);
            });
        } else if (effect instanceof Effect.Quiesce quiesce) {
            quiesce(quiesce.generation(), quiesce.limit());
        } else {
            run(steering -> steering.perform(effect));
        }
    }

    /** Asks how the service is steered; empty where it is not, or does not say so within the limit. */
    CompletableFuture<Optional<SteeringStatus>> status(LongPredicate isWorker, Duration limit) {
        CompletableFuture<Optional<SteeringStatus>> status = new CompletableFuture<>();
        run(one -> status.complete(one.status(isWorker)));
        return status.completeOnTimeout(Optional.empty(), limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void quiesce(GenerationId generation, Duration limit) {
        long start = System.nanoTime();
        execute(() -> {
            Optional<Departures> departures = steering.departures(generation);
            if (departures.isEmpty()) {
                inbox.accept(new Event.Quiesced(name, generation, true, "nothing of it is held"));
                return;
            }
            Quiesce quiesce = new Quiesce(generation, departures.get(), start, limit.toNanos());
            try {
                steering.closeDoors(departures.get());
                departures.get().capture();
                quiesce.turn();
            } catch (IOException e) {
                quiesce.end(false, ": " + e.getMessage());
            }
        });
    }

    private final class Quiesce {
        private final GenerationId generation;
        private final Departures departures;
        private final long start;
        private final long limitNanos;

        Quiesce(GenerationId generation, Departures departures, long start, long limitNanos) {
            this.generation = generation;
            this.departures = departures;
            this.start = start;
            this.limitNanos = limitNanos;
        }

        void turn() {
            long now = System.nanoTime();
            try {
                if (!steering.isLeaving(generation, departures)) {
                    end(false, ": it serves again, or was released");
                } else if (departures.isEmpty()) {
                    String open = departures.open();
                    end(open.isEmpty(), open.isEmpty() ? "" : ": " + open);
                } else if (now - start >= limitNanos) {
                    end(false, ": its time is over");
                } else {
                    later(this::turn, pause(now));
                }
            } catch (IOException e) {
                end(false, ": " + e.getMessage());
            }
        }

        void end(boolean empty, String why) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            inbox.accept(new Event.Quiesced(name, generation, empty, departures + " (" + millis + " ms)" + why));
            watchLeaving(SHORTEST_PAUSE_NANOS);
        }

        /** Its workers drain now. One that ends its listener by shutdown(2) moves others, and nothing else tells of it. */
        private void watchLeaving(long pauseNanos) {
            later(
                    () -> {
                        if (steering.isLeaving(generation, departures)) {
                            steering.look();
                            watchLeaving(Math.min(pauseNanos * 2, LONGEST_PAUSE_NANOS));
                        }
                    },
                    pauseNanos);
        }
    }

    /** At most half the time is spent looking, however many sockets there are to look through. */
    private static long pause(long lookBegan) {
        return Math.max(SHORTEST_PAUSE_NANOS, System.nanoTime() - lookBegan);
    }

    /** Strangers that leave move others: as long as there are any, the groups are looked at each second. */
    private void lookForStrangers() {
        if (strangers.name(steering.groups()) && !watching) {
            watching = true;
            later(
                    () -> {
                        watching = false;
                        steering.look();
                        lookForStrangers();
                    },
                    LONGEST_PAUSE_NANOS);
        }
    }

    /** What dead workers left behind is looked at until it is empty, or its time is over. */
    private void lookForOrphans(long pauseNanos) {
        if (!steering.orphans().isEmpty() && !waiting) {
            waiting = true;
            later(
                    () -> {
                        long now = System.nanoTime();
                        steering.orphans().turn();
                        waiting = false;
                        lookForOrphans(pause(now));
                    },
                    pauseNanos);
        }
    }

    private void watchOwners() {
        for (ProcessId owner : steering.owners()) {
            if (owners.add(owner)) {
                watch(owner);
            }
        }
    }

    private void watch(ProcessId owner) {
        Runnable onExit = () -> execute(() -> {
            owners.remove(owner);
            steering.ownerEnded();
            replaceOwners(SHORTEST_PAUSE_NANOS);
        });
        try {
            Optional<Pidfd> process = Pidfd.open(owner.pid());
            if (process.isPresent()) {
                try (Pidfd open = process.get()) {
                    exits.watch(open, onExit);
                }
            } else {
                onExit.run();
            }
        } catch (LinuxException e) {
            onExit.run(); // what can't be watched is looked at once
        }
    }

    private void replaceOwners(long pauseNanos) {
        if (steering.replaceOwners()) {
            watchOwners();
        } else if (!replacing) {
            replacing = true;
            later(
                    () -> {
                        replacing = false;
                        replaceOwners(Math.min(pauseNanos * 2, LONGEST_PAUSE_NANOS));
                    },
                    pauseNanos);
        }
    }

    private void execute(Runnable task) {
        thread.execute(guarded(task));
    }

    private void later(Runnable task, long nanos) {
        ScheduledFuture<?> unused = thread.schedule(guarded(task), nanos, TimeUnit.NANOSECONDS);
    }

    /** The executor keeps what a task throws to itself; a fault must be seen. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, e);
            }
        };
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
