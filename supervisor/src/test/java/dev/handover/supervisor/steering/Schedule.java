package dev.handover.supervisor.steering;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What is to happen when, and a clock that jumps from one to the next. */
final class Schedule {
    private record Item(long at, long number, Runnable what) {}

    private final PriorityQueue<Item> items =
            new PriorityQueue<>(Comparator.comparingLong(Item::at).thenComparingLong(Item::number));
    private long now;
    private long added;

    long now() {
        return now;
    }

    void later(long nanos, Runnable what) {
        items.add(new Item(now + nanos, ++added, what));
    }

    /** The next happens. */
    void step() {
        Item next = items.remove();
        now = Math.max(now, next.at());
        next.what().run();
    }

    boolean isEmpty() {
        return items.isEmpty();
    }
}
