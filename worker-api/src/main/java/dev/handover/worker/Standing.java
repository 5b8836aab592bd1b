package dev.handover.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a worker stands: the one place of what the application and the supervisor have said. Any thread may call. No
 * code of the application's runs under the lock, so none of its locks can meet ours.
 */
final class Standing {
    /** No deadline; about 292 years, the longest that fits in nanoseconds, so that callers may convert it. */
    static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

    /** How often a gauge of the application's is read by one who waits for it to reach 0. */
    private static final long GAUGE_PAUSE_MILLIS = 20;

    private static final System.Logger LOG = System.getLogger("dev.handover.worker");

    private final AtomicInteger counted = new AtomicInteger();
    private final Set<Intake<?>> open = new HashSet<>();
    private final List<Consumer<Duration>> drainActions = new ArrayList<>();
    private volatile @Nullable IntSupplier gauge;
    private volatile Runnable changed = () -> {};
    private volatile boolean draining;
    private boolean ready;
    private @Nullable String status;
    private long deadline;
    private boolean left;
    private long changes;

    /** Has every change told; a gauge's movements are not changes. */
    void onChange(Runnable action) {
        changed = action;
    }

    void becomeReady() {
        change(() -> ready = true);
    }

    synchronized boolean isReady() {
        return ready;
    }

    void describe(String text) {
        change(() -> status = text);
    }

    void leave() {
        change(() -> left = true);
    }

    void opened(Intake<?> listener) {
        change(() -> open.add(listener));
    }

    void closed(Intake<?> listener) {
        change(() -> open.remove(listener));
    }

    synchronized List<Intake<?>> listeners() {
        return List.copyOf(open);
    }

    void connectionOpened() {
        counted.incrementAndGet();
    }

    void connectionClosed() {
        if (counted.decrementAndGet() == 0 && draining) {
            change(() -> {});
        }
    }

    void countBy(IntSupplier connections) {
        gauge = connections;
        change(() -> {});
    }

    int connections() {
        IntSupplier supplied = gauge;
        if (supplied == null) {
            return Math.max(0, counted.get());
        }
        try {
            return Math.max(0, supplied.getAsInt());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the application's connection gauge failed; taken as 1 open", e);
            return 1;
        }
    }

    /** Takes an order to drain; a second one only moves the deadline. */
    void drain(Duration timeLeft) {
        List<Consumer<Duration>> actions = new ArrayList<>();
        change(() -> {
            // Half the range, so that the difference to any later nanoTime() still has the right sign.
            deadline = System.nanoTime() + Math.min(nanos(timeLeft), Long.MAX_VALUE / 2);
            if (!draining) {
                draining = true;
                actions.addAll(drainActions);
            }
        });
        listeners().forEach(Intake::wakeup);
        actions.forEach(action -> start(action, timeLeft));
    }

    void onDrain(Consumer<Duration> action) {
        boolean late;
        synchronized (this) {
            drainActions.add(action);
            late = draining;
        }
        if (late) {
            start(action, timeLeft());
        }
    }

    /** A thread of its own, for what the application does there may take long, or throw. */
    private static void start(Consumer<Duration> action, Duration timeLeft) {
        Thread thread = new Thread(() -> action.accept(timeLeft), "handover-drain");
        thread.setDaemon(true);
        thread.start();
    }

    boolean isDraining() {
        return draining;
    }

    synchronized Duration timeLeft() {
        return draining ? Duration.ofNanos(Math.max(0, deadline - System.nanoTime())) : UNLIMITED;
    }

    boolean isFinished() {
        return draining
                && ((listeners().isEmpty() && connections() == 0) || timeLeft().isZero());
    }

    Facts facts() {
        // Counted after the listeners are seen closed, or the count might miss what the last accept took.
        boolean stopped = draining && listeners().isEmpty();
        int connections = connections();
        synchronized (this) {
            boolean done = left && stopped && connections == 0;
            return new Facts(ready, status, connections, draining, stopped, done);
        }
    }

    /** Waits until the worker is finished or has left; says whether no connection is open. */
    boolean awaitFinished() throws InterruptedException {
        while (true) {
            long seen = changes();
            if (isFinished() || hasLeft()) {
                return listeners().isEmpty() && connections() == 0;
            }
            Duration wait = timeLeft();
            synchronized (this) {
                if (changes == seen) {
                    long millis = wait.toMillis() + 1;
                    wait(draining && gauge != null ? Math.min(millis, GAUGE_PAUSE_MILLIS) : millis);
                }
            }
        }
    }

    synchronized boolean hasLeft() {
        return left;
    }

    private synchronized long changes() {
        return changes;
    }

    private void change(Runnable what) {
        synchronized (this) {
            what.run();
            changes++;
            notifyAll();
        }
        changed.run();
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(UNLIMITED) >= 0 ? Long.MAX_VALUE : Math.max(0, duration.toNanos());
    }
}
