package dev.handover.supervisor.linux;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Notices the end of any process, child or not, in the moment it ends: one daemon thread that polls every watched
 * {@link Pidfd}. It never wakes up for anything else.
 */
public final class ExitWatch implements AutoCloseable {
    private final Thread thread;
    private final WakeUp wakeUp;
    /** Guarded by itself. */
    private final Set<Watched> watched = new LinkedHashSet<>();

    private volatile boolean closing;

    /** A descriptor of the watch's own, so that the caller may close its Pidfd at any time. */
    private record Watched(Fd process, Runnable onExit) {}

    public ExitWatch() throws LinuxException {
        wakeUp = new WakeUp("exit watch");
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
        Watched added = new Watched(process.fd().duplicate(), onExit);
        synchronized (watched) {
            if (closing) {
                added.process.close();
                throw new IllegalStateException("the exit watch is closed");
            }
            watched.add(added);
        }
        wakeUp.signal();
    }

    /** Watches no more; calls back for nothing that ends from now on. */
    @Override
    public void close() {
        synchronized (watched) {
            closing = true;
        }
        wakeUp.signal();
    }

    private void watchAll() {
        try (wakeUp) {
            while (!closing) {
                callBack(awaitExits());
            }
        } catch (LinuxException e) {
            // poll and read of descriptors that are open fail only where memory has run out.
            throw new IllegalStateException("exits are watched no more", e);
        } finally {
            synchronized (watched) {
                closing = true;
                watched.forEach(one -> one.process.close());
                watched.clear();
            }
        }
    }

    private List<Watched> awaitExits() throws LinuxException {
        List<Watched> all;
        synchronized (watched) {
            all = List.copyOf(watched);
        }
        List<Fd> descriptors = new ArrayList<>();
        descriptors.add(wakeUp.fd());
        all.forEach(one -> descriptors.add(one.process));
        Poll poll = new Poll(descriptors);
        poll.await(Abi.INFINITE);
        wakeUp.reset();
        List<Watched> ended = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (poll.ready(i + 1)) {
                ended.add(all.get(i));
            }
        }
        return ended;
    }

    private void callBack(List<Watched> ended) {
        for (Watched one : ended) {
            synchronized (watched) {
                watched.remove(one);
            }
            one.process.close();
            Guarded.run(one.onExit);
        }
    }
}
