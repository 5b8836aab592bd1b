package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.Why;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads many descriptors as something comes: one daemon thread for all, which does not wake up for anything else. */
public final class ReadWatch implements AutoCloseable {
    private static final long CLOSING = 0;
    /** How long whoever sends more than is wanted waits in its writes; the others' output is late by as much. */
    private static final Duration FLOOD_PAUSE = Duration.ofMillis(10);

    private final Consumer<String> trouble;
    private final WakeUp wakeUp;
    private final Epoll epoll;
    private final Map<Long, Watched> watched = new ConcurrentHashMap<>();
    private final AtomicLong lastKey = new AtomicLong(CLOSING);
    /** From then on epoll may be gone. Guarded by this. */
    private boolean closing;

    /** What is read, a part at a time, so that everyone gets a turn. */
    @FunctionalInterface
    public interface Reading {
        /** @return whether more comes than is wanted */
        boolean isFlood() throws LinuxException;
    }

    /** To be closed before the descriptor is. A reading that has begun may still be at work. */
    @FunctionalInterface
    public interface Watching extends AutoCloseable {
        @Override
        void close() throws LinuxException;
    }

    private record Watched(Fd fd, Reading reading) {}

    /**
     * @param name the thread's
     * @param trouble told what can't be read any more, in a line for the log
     */
    public ReadWatch(String name, Consumer<String> trouble) throws LinuxException {
        this.trouble = trouble;
        wakeUp = new WakeUp(name);
        try {
            epoll = new Epoll(name);
        } catch (LinuxException refused) {
            wakeUp.close();
            throw refused;
        }
        epoll.add(wakeUp.fd(), CLOSING);
        Thread thread = new Thread(this::readAll, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * @param reading called on the watch's thread as long as there is something to read
     * @return ends it
     */
    Watching add(Fd fd, Reading reading) throws LinuxException {
        long key = lastKey.incrementAndGet();
        watched.put(key, new Watched(fd, reading));
        try {
            epoll.add(fd, key);
        } catch (LinuxException refused) {
            watched.remove(key);
            throw refused;
        }
        return () -> remove(key);
    }

    private synchronized void remove(long key) throws LinuxException {
        @Nullable Watched removed = watched.remove(key);
        if (removed != null && !closing) {
            epoll.remove(removed.fd);
        }
    }

    private void readAll() {
        try (wakeUp;
                epoll) {
            List<Long> ready = epoll.await();
            while (!ready.contains(CLOSING)) {
                boolean flood = false;
                for (long key : ready) {
                    flood |= isFlood(key);
                }
                if (flood) {
                    TimeUnit.NANOSECONDS.sleep(FLOOD_PAUSE.toNanos());
                }
                ready = epoll.await();
            }
        } catch (LinuxException e) {
            throw new IllegalStateException("nothing is read any more: what epoll refuses, it refuses to a bug", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isFlood(long key) throws LinuxException {
        @Nullable Watched one = watched.get(key);
        try {
            return one != null && one.reading.isFlood();
        } catch (LinuxException unreadable) {
            remove(key);
            Guarded.run(() -> trouble.accept("reads no more of it: " + Why.of(unreadable)));
            return false;
        }
    }

    @Override
    public synchronized void close() {
        closing = true;
        wakeUp.signal();
    }
}
