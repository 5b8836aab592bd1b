package dev.handover.chaos.link;

import java.io.IOException;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets between two devices, both ways, in one thread: it sleeps in ppoll until a packet comes or is due, and
 * allocates nothing on the way.
 */
final class Relay implements AutoCloseable {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** How long a close may go unnoticed. */
    private static final long LONGEST_SLEEP = 50_000_000L;

    private static final int POLLFD_SIZE = 8;
    private static final short POLLIN = 1;

    private final LibC libc;
    private final Direction there;
    private final Direction back;
    private final Pointer polled;
    private final Pointer timeout;
    private final Thread thread = new Thread(this::run, "link");
    private volatile boolean closed;
    private volatile @Nullable IOException failure;

    /** Borrows the devices: they must outlive it. */
    Relay(LibC libc, Tun client, Tun server, long delayNanos) {
        this.libc = libc;
        this.there = new Direction(libc, client, server, delayNanos);
        this.back = new Direction(libc, server, client, delayNanos);
        this.polled = Memory.allocateDirect(libc.runtime(), 2 * POLLFD_SIZE, true);
        this.timeout = Memory.allocateDirect(libc.runtime(), 16, true);
        polled.putInt(0, client.fd());
        polled.putShort(4, POLLIN);
        polled.putInt(POLLFD_SIZE, server.fd());
        polled.putShort(POLLFD_SIZE + 4, POLLIN);
        thread.setDaemon(true);
        thread.start();
    }

    LinkCounts counts(double delayMillis) {
        return new LinkCounts(delayMillis, there.carried(), back.carried(), there.dropped() + back.dropped());
    }

    /** Why it stopped carrying before it was closed, if it did. */
    @Nullable
    IOException failure() {
        return failure;
    }

    private void run() {
        long polledAddress = polled.address();
        long timeoutAddress = timeout.address();
        try {
            while (!closed) {
                there.takeIn();
                back.takeIn();
                long now = System.nanoTime();
                there.letOut(now);
                back.letOut(now);
                long due = Math.min(there.nextDue(), back.nextDue());
                long wait = Math.max(0, Math.min(LONGEST_SLEEP, due - System.nanoTime()));
                timeout.putLong(0, wait / NANOS_PER_SECOND);
                timeout.putLong(8, wait % NANOS_PER_SECOND);
                libc.functions().ppoll(polledAddress, 2, timeoutAddress, 0);
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // The devices must not be closed under the thread: it ends within one sleep.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
