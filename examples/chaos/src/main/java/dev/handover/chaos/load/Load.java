package dev.handover.chaos.load;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * An open-loop load: attempts begin when the timetable says so, whatever became of those before, and their latency
 * counts from that time. So a server that stalls is seen to stall.
 */
public final class Load {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
    /** Below a millisecond, where a selector cannot wait: sleep in slices of this, and look. */
    private static final long SLICE = TimeUnit.MICROSECONDS.toNanos(250);

    private static final long BETWEEN_DEADLINE_CHECKS = 25 * MILLISECOND;
    /** Begun in one turn at most, so that replies are not left waiting while the client catches up. */
    private static final int BURST = 32;

    private final LoadOptions options;
    private final Selector selector;
    private final Timetable timetable;
    private final Tally tally;
    private final Conversations conversations;

    private Load(LoadOptions options, Selector selector, Connector connector, BooleanSupplier goesOn) {
        long start = System.nanoTime();
        this.options = options;
        this.selector = selector;
        this.timetable = new Timetable(start, options.rate(), options.duration(), goesOn);
        this.tally = new Tally(start);
        this.conversations = new Conversations(options, selector, connector, tally);
    }

    /**
     * Runs the load in the calling thread, to the last attempt's end.
     *
     * @param goesOn whether there is to be more of it when its duration is over; once it says no, it does for good
     * @throws IOException if the target or a source address cannot be resolved, or there is no selector to be had
     */
    public static LoadResult run(LoadOptions options, BooleanSupplier goesOn) throws IOException {
        return run(options, new SourcedConnector(options.target(), options.sources()), goesOn);
    }

    static LoadResult run(LoadOptions options) throws IOException {
        return run(options, () -> false);
    }

    static LoadResult run(LoadOptions options, Connector connector) throws IOException {
        return run(options, connector, () -> false);
    }

    private static LoadResult run(LoadOptions options, Connector connector, BooleanSupplier goesOn) throws IOException {
        try (Selector selector = Selector.open()) {
            Load load = new Load(options, selector, connector, goesOn);
            try {
                return load.run();
            } finally {
                load.closeAll();
            }
        }
    }

    private LoadResult run() throws IOException {
        long sentAgainBefore = SynsSentAgain.count();
        long nextCheck = System.nanoTime();
        while (!timetable.isDone() || conversations.isBusy()) {
            beginDue();
            conversations.wake(System.nanoTime());
            await(Math.min(nextDue(), nextCheck));
            long now = System.nanoTime();
            if (now >= nextCheck) {
                checkDeadlines(now);
                nextCheck = now + BETWEEN_DEADLINE_CHECKS;
            }
        }
        return tally.result(options, SynsSentAgain.count() - sentAgainBefore);
    }

    private void beginDue() {
        timetable.skipMissed(System.nanoTime());
        for (int i = 0; i < BURST && !timetable.isDone(); i++) {
            long now = System.nanoTime();
            long due = timetable.nextDue();
            if (due > now) {
                return;
            }
            tally.began(now - due);
            conversations.begin(new Attempt(due, timetable.begun()), now);
            timetable.advance();
        }
    }

    private long nextDue() {
        long next = timetable.isDone() ? Long.MAX_VALUE : timetable.nextDue();
        return Math.min(next, conversations.nextWake());
    }

    private void await(long until) throws IOException {
        long wait = until - System.nanoTime();
        if (wait >= MILLISECOND) {
            selector.select(conversations::onReady, wait / MILLISECOND);
            return;
        }
        if (wait > 0) {
            LockSupport.parkNanos(Math.min(wait, SLICE));
        }
        selector.selectNow(conversations::onReady);
    }

    private void checkDeadlines(long now) {
        for (SelectionKey key : selector.keys()) {
            Connection connection = (Connection) key.attachment();
            if (connection.deadline <= now) {
                conversations.onDeadline(connection, now);
            }
        }
    }

    private void closeAll() {
        for (SelectionKey key : selector.keys()) {
            ((Connection) key.attachment()).close();
        }
    }
}
