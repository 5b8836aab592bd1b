package dev.handover.supervisor.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ends the wait for an answer by closing the connection: a read of the JDK's Unix socket has no timeout of its own. */
final class Deadline implements AutoCloseable {
    private final SupervisorConnection connection;
    private boolean passed;
    private boolean over;

    /** @param timeout null for none */
    Deadline(@Nullable Duration timeout, SupervisorConnection connection) {
        this.connection = connection;
        if (timeout != null) {
            Thread clock = new Thread(() -> run(timeout.toNanos()), "timeout");
            clock.setDaemon(true);
            clock.start();
        }
    }

    synchronized boolean hasPassed() {
        return passed;
    }

    @Override
    public synchronized void close() {
        over = true;
        notifyAll();
    }

    private synchronized void run(long nanos) {
        long end = System.nanoTime() + nanos;
        try {
            for (long left = nanos; left > 0 && !over; left = end - System.nanoTime()) {
                wait(left / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (!over) {
            passed = true;
            connection.close();
        }
    }
}
