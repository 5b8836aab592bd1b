package dev.handover.supervisor.lines;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads the {@link Newest} at its own pace. One that stays so far behind that what it has not read is kept no more goes on with
 * the oldest that is, and is told how much it missed. For one thread at a time.
 */
public final class NewestReader<E> implements AutoCloseable {
    private final Newest<E> newest;
    private final Predicate<E> wanted;
    private final Runnable onNew;
    private long place;
    private long missed;

    NewestReader(Newest<E> newest, Predicate<E> wanted, long place, Runnable onNew) {
        this.newest = newest;
        this.wanted = wanted;
        this.place = place;
        this.onNew = onNew;
    }

    /** The next that is wanted; empty where none has come yet. Never waits. */
    public Optional<E> next() {
        for (Optional<E> next = following(); next.isPresent(); next = following()) {
            if (wanted.test(next.get())) {
                return next;
            }
        }
        return Optional.empty();
    }

    private Optional<E> following() {
        synchronized (newest) {
            long forgotten = newest.forgotten();
            if (place < forgotten) {
                missed += forgotten - place;
                place = forgotten;
            }
            Optional<E> next = newest.at(place);
            next.ifPresent(there -> place++);
            return next;
        }
    }

    /** How many were kept no more when it was their turn, wanted or not; since this was asked last. Ask after each {@link #next}. */
    public long missed() {
        long since = missed;
        missed = 0;
        return since;
    }

    /** It has missed so many more, before it began. */
    public void hasMissed(long more) {
        missed += more;
    }

    void wake() {
        onNew.run();
    }

    /** It is told of nothing any more. */
    @Override
    public void close() {
        newest.forget(this);
    }
}
