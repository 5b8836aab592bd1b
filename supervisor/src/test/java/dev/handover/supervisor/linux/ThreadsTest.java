package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ThreadsTest {
    private final AtomicInteger left = new AtomicInteger(2);
    private final CountDownLatch over = new CountDownLatch(1);

    /** Threads, until no more are to be had. */
    private Thread make(Runnable task) {
        if (left.getAndDecrement() > 0) {
            Thread made = new Thread(task, "kept");
            made.setDaemon(true);
            return made;
        }
        return new Thread(task, "refused") {
            @Override
            public synchronized void start() {
                throw new OutOfMemoryError("unable to create native thread");
            }
        };
    }

    private void hold(AtomicInteger running) {
        running.incrementAndGet();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            running.decrementAndGet();
        }
    }

    @Test
    void thoseThatAreKeptServeAgainAndAgainWhereNoMoreAreToBeHad() throws Exception {
        ExecutorService threads = Threads.each(this::make, 2);
        AtomicInteger running = new AtomicInteger();
        try {
            await().until(() -> isTaken(threads, () -> hold(running)));
            await().until(() -> isTaken(threads, () -> hold(running)));
            assertThat(isTaken(threads, () -> hold(running))).isFalse();

            over.countDown();
            await().until(() -> running.get() == 0);
            CountDownLatch again = new CountDownLatch(2);
            await().until(() -> isTaken(threads, again::countDown));
            await().until(() -> isTaken(threads, again::countDown));
            assertThat(again.await(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    /** A thread that has just begun, or done its task, may not be there for the next one yet. */
    private static boolean isTaken(ExecutorService threads, Runnable task) {
        try {
            threads.execute(task);
            return true;
        } catch (OutOfMemoryError notYet) {
            return false;
        }
    }

    @Test
    void theOneIsThereBeforeThereIsWorkForIt() {
        ExecutorService thread = Threads.one("there from the start");
        try {
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .contains("there from the start");
        } finally {
            thread.shutdownNow();
        }
    }
}
