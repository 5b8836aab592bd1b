package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.EndsPoll;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.EndedBy;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/** Sees what becomes of draining workers' connections; the door to a thread that is busy while one drains, and else asleep. */
public final class Witness implements AutoCloseable {
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final EndsPoll poll;
    private final LongPredicate isWorker;
    private final Consumer<Event> inbox;
    private final Consumer<String> warnings;
    private final Thread thread;
    /** The thread's, once that runs. */
    private SockDiag sockets;

    private volatile boolean closing;

    /** What the thread is to do with what it watches. */
    @FunctionalInterface
    interface Order {
        void carryOut(Watches watches, long now);
    }

    /**
     * @param isWorker whether a process is a running worker of ours, or descends from one; asked by the witness's thread
     * @param inbox takes what was seen
     * @param warnings takes what kept it from being seen, in words for the log
     */
    public Witness(LongPredicate isWorker, Consumer<Event> inbox, Consumer<String> warnings) throws LinuxException {
        this.poll = new EndsPoll();
        this.sockets = new SockDiag();
        this.isWorker = isWorker;
        this.inbox = inbox;
        this.warnings = warnings;
        this.thread = new Thread(this::run, "witness");
        thread.setDaemon(true);
        thread.start();
    }

    /** Does what the core decided. */
    public void perform(Effect.OfWitness effect) {
        if (effect instanceof Effect.WatchDrain watch) {
            watch(
                    watch.worker(),
                    watch.process().pid(),
                    watch.listen(),
                    watch.signal(),
                    watch.to(),
                    watch.accepts(),
                    watch.quiet());
        } else if (effect instanceof Effect.ConcludeDrain conclude) {
            conclude(conclude.worker(), conclude.process().pid(), conclude.by(), conclude.patience());
        } else {
            throw new IllegalArgumentException("the witness does not know " + effect);
        }
    }

    /**
     * Begins to watch what a worker holds; to be called before it is told to drain. Posts {@link Event.DrainWatched} when
     * that is known, or {@link Event.NotWatched}, and from then on {@link Event.SeenConnections} for each new number.
     *
     * @param signal what it will be told by, if by a signal
     * @param to whom that will be sent to
     * @param accepts whether new connections still come to it
     * @param quiet for how long no datagram must have come to it, if that is asked
     */
    public void watch(
            WorkerId worker,
            long pid,
            List<ListenAddress> listen,
            Optional<Signal> signal,
            SignalsTo to,
            boolean accepts,
            Optional<Duration> quiet) {
        give((watches, now) -> watches.begin(
                new DrainWatch(worker, pid, listen, Place.of(listen, sockets), signal, to, accepts, quiet), now));
    }

    /**
     * The worker's process has ended. Posts {@link Event.Lingers} while others of its processes hold connections, and
     * {@link Event.Accounted} when none does, or when patience is over.
     */
    void conclude(WorkerId worker, long pid, EndedBy by, Duration patience) {
        give((watches, now) -> watches.conclude(worker, pid, by, patience, now));
    }

    private void give(Order order) {
        orders.add(order);
        poll.wake();
    }

    private void run() {
        Watches watches = new Watches(sockets, isWorker, inbox);
        try {
            while (!closing) {
                long next = Long.MAX_VALUE;
                try {
                    next = turn(watches);
                } catch (LinuxException | RuntimeException refused) {
                    watches.giveUp(because(refused));
                    watches.close();
                    sockets = renewed();
                    watches = new Watches(sockets, isWorker, inbox);
                }
                poll.await(watches.ends(), millisUntil(next));
            }
        } catch (LinuxException failed) {
            warnings.accept("drains are watched no more: " + failed.getMessage());
        } finally {
            watches.close();
            poll.close();
            sockets.close();
        }
    }

    /** Returns when the next one is due. */
    private long turn(Watches watches) throws LinuxException {
        for (Order order = orders.poll(); order != null; order = orders.poll()) {
            order.carryOut(watches, System.nanoTime());
        }
        return watches.turn(System.nanoTime());
    }

    private String because(Exception refused) {
        String why = refused instanceof LinuxException ? String.valueOf(refused.getMessage()) : refused.toString();
        warnings.accept("drains under way are watched no more: " + why + "; later ones are");
        return why;
    }

    /** One that has half an answer left to give would refuse the next question (EBUSY). */
    private SockDiag renewed() {
        try {
            SockDiag anew = new SockDiag();
            sockets.close();
            return anew;
        } catch (LinuxException refused) {
            return sockets; // which may be good enough, or is renewed when it is not
        }
    }

    private static int millisUntil(long next) {
        if (next == Long.MAX_VALUE) {
            return -1;
        }
        // Rounded up: who wakes up too early looks for nothing.
        long left = Math.max(0, next - System.nanoTime());
        return (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
    }

    @Override
    public void close() {
        closing = true;
        poll.wake();
    }
}
