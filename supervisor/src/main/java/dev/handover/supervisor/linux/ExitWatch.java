package dev.handover.supervisor.linux;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Notices the end of any process, child or not, in the moment it ends: one daemon thread for all. It never wakes up for
 * anything else.
 */
public final class ExitWatch implements AutoCloseable {
    private static final long CLOSING = 0;

    private final Thread thread;
    private final WakeUp wakeUp;
    private final Epoll epoll;
    /** By the key that each has in {@code epoll}. Guarded by itself. */
    private final Map<Long, Watched> watched = new HashMap<>();

    private long lastKey = CLOSING;
    private boolean closed;

    /** A descriptor of the watch's own, so that the caller may close its Pidfd at any time. */
    private record Watched(Fd process, Runnable onExit) {}

    public ExitWatch() throws LinuxException {
        wakeUp = new WakeUp("exit watch");
        epoll = new Epoll("exit watch");
        epoll.add(wakeUp.fd(), CLOSING);
        thread = new Thread(this::watchAll, "exit-watch");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Calls back once when the process has ended, at once if it has already. A child that ended may still be a zombie then.
     *
     * @param process may be closed by its owner while it is watched
     * @param onExit called on the watch's thread; must not block
     */
    public void watch(Pidfd process, Runnable onExit) throws LinuxException {
        Fd own = process.fd().duplicate();
        synchronized (watched) {
            if (closed) {
                own.close();
                throw new IllegalStateException("the exit watch is closed");
            }
            lastKey++;
            watched.put(lastKey, new Watched(own, onExit));
            try {
                epoll.add(own, lastKey);
            } catch (LinuxException refused) {
                watched.remove(lastKey);
                own.close();
                throw refused;
            }
        }
    }

    /** Watches no more; calls back for nothing that ends from now on. */
    @Override
    public void close() {
        wakeUp.signal();
    }

    private void watchAll() {
        try (wakeUp;
                epoll) {
            List<Long> ended = epoll.await();
            while (!ended.contains(CLOSING)) {
                for (long key : ended) {
                    callBack(key);
                }
                ended = epoll.await();
            }
        } catch (LinuxException e) {
            throw new IllegalStateException("exits are watched no more: what epoll refuses, it refuses to a bug", e);
        } finally {
            synchronized (watched) {
                closed = true;
                watched.values().forEach(each -> each.process.close());
                watched.clear();
            }
        }
    }

    private void callBack(long key) throws LinuxException {
        @Nullable Watched ended;
        synchronized (watched) {
            ended = watched.remove(key);
        }
        if (ended != null) {
            epoll.remove(ended.process);
            ended.process.close();
            Guarded.run(ended.onExit);
        }
    }
}
