package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.terms.Pace;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks at running workers until what is waited for has come. The kernel tells nobody of a listen() or of a close(), so
 * it is asked, ever less often, for as long as someone waits.
 */
final class Lookout implements AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
    /** Of all time, at most one part in so many is spent looking, however long one look takes. */
    private static final int SHARE = 5;

    private final Map<Long, Look> looks = new ConcurrentHashMap<>();
    private final ExecutorService asking;
    private final ExecutorService spare;

    /** One look at a worker; called by one thread at a time. */
    @FunctionalInterface
    interface Look {
        /** Returns whether nothing is left to wait for. */
        boolean isLast();
    }

    Lookout(String name) {
        asking = Threads.each(name, 0);
        spare = Threads.one(name + "-spare");
    }

    /**
     * Looks at the process until a look is the last, in place of what it was looked at for until now.
     *
     * @param longestPause between two looks
     */
    void watch(long pid, Look look, Duration longestPause) {
        looks.put(pid, look);
        Runnable asks = () -> ask(pid, look, new Pace(FIRST_PAUSE, longestPause, SHARE));
        try {
            asking.execute(asks);
        } catch (OutOfMemoryError noThread) {
            // "unable to create native thread": these are looked at one after the other.
            spare.execute(asks);
        }
    }

    void forget(long pid) {
        looks.remove(pid);
    }

    @SuppressWarnings("ReferenceEquality") // an equal look that replaced this one is another one
    private void ask(long pid, Look look, Pace pace) {
        try {
            while (looks.get(pid) == look) {
                long start = System.nanoTime();
                if (look.isLast()) {
                    looks.remove(pid, look);
                    return;
                }
                TimeUnit.NANOSECONDS.sleep(pace.after(System.nanoTime() - start));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        looks.clear();
        asking.shutdownNow();
        spare.shutdownNow();
    }
}
