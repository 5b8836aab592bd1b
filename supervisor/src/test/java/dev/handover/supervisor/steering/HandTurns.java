package dev.handover.supervisor.steering;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Turns whose clock is moved by hand. */
final class HandTurns implements Turns {
    private record Turn(long at, LongConsumer what) {}

    private final List<Turn> waiting = new ArrayList<>();
    private final List<Long> pauses = new ArrayList<>();
    private long now = Long.MAX_VALUE - 1000; // as the monotonic clock may be: about to overflow

    @Override
    public long now() {
        return now;
    }

    @Override
    public void later(long nanos, LongConsumer turn) {
        pauses.add(nanos);
        waiting.add(new Turn(now + nanos, turn));
    }

    /** The pauses that were asked for since the last call, in milliseconds. */
    List<Long> pauses() {
        List<Long> asked = pauses.stream().map(TimeUnit.NANOSECONDS::toMillis).toList();
        pauses.clear();
        return asked;
    }

    /** A turn takes so long. */
    void spend(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Lets so much time pass, and takes each turn when it comes. */
    void pass(long millis) {
        long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            Turn next = waiting.stream()
                    .filter(turn -> turn.at() - end <= 0)
                    .min(Comparator.comparingLong(turn -> turn.at() - end))
                    .orElse(null);
            if (next == null) {
                now = end;
                return;
            }
            waiting.remove(next);
            now = Math.max(0, next.at() - now) + now;
            next.what().accept(now);
        }
    }

    boolean isIdle() {
        return waiting.isEmpty();
    }
}
