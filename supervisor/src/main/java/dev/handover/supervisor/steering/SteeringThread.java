package dev.handover.supervisor.steering;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** The one thread that all steering belongs to. Waits are made of many short turns, with others in between. */
final class SteeringThread implements Turns {
    private static final long CLOSE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor thread;

    SteeringThread() {
        // What is seen while this closes comes too late, and is no fault.
        this.thread = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread made = new Thread(task, "steering");
                    made.setDaemon(true);
                    return made;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.prestartCoreThread(); // there may be no thread to be had any more when it is needed
    }

    @Override
    public long now() {
        return System.nanoTime();
    }

    void execute(LongConsumer turn) {
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

    /** Takes one more turn, and waits for what is under way. */
    void close(Runnable last) {
        thread.execute(last);
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
