package dev.handover.supervisor.daemon;

import dev.handover.supervisor.terms.Event;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What has happened, and the loop has not taken yet. What this process sees itself, once for each thing that happens, is
 * taken at once; whoever outside may say as much as he likes gets a way in of his own, and waits there.
 */
final class Inbox {
    /** Events that one way may have in the inbox. */
    static final int MOST_OF_A_WAY = 16;

    private record Entry(Event event, Runnable taken) {}

    private final BlockingQueue<Entry> entries = new LinkedBlockingQueue<>();

    /** Never waits. */
    void add(Event event) {
        entries.add(new Entry(event, () -> {}));
    }

    /** A way in for one that speaks: it waits as long as {@link #MOST_OF_A_WAY} of its events are not taken. */
    Consumer<Event> way() {
        Semaphore room = new Semaphore(MOST_OF_A_WAY);
        return event -> {
            room.acquireUninterruptibly();
            entries.add(new Entry(event, room::release));
        };
    }

    /** The next event; null if there is none for so long. */
    @Nullable
    Event next(long nanos) throws InterruptedException {
        @Nullable Entry next = entries.poll(nanos, TimeUnit.NANOSECONDS);
        if (next == null) {
            return null;
        }
        next.taken.run();
        return next.event;
    }
}
