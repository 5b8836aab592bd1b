package dev.handover.supervisor.linux;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Daemon threads that are there from the start, since none may be had any more (RLIMIT_NPROC) when one is needed. */
public final class Threads {
    private static final long IDLE_SECONDS = 10;

    private Threads() {}

    /** One, which does what it is given in turn. */
    public static ExecutorService one(String name) {
        return ready(new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons(name)));
    }

    /**
     * One for each task that is under way. To give it a task throws {@link OutOfMemoryError} ("unable to create native
     * thread") where it takes one more than are kept, and none is to be had.
     *
     * @param kept how many are there from the start, and stay
     */
    public static ExecutorService each(String name, int kept) {
        return each(daemons(name), kept);
    }

    static ExecutorService each(ThreadFactory made, int kept) {
        return ready(new ThreadPoolExecutor(
                kept, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), made));
    }

    private static ExecutorService ready(ThreadPoolExecutor threads) {
        threads.prestartAllCoreThreads();
        return threads;
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        };
    }
}
