package dev.handover.supervisor.lines;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The newest of what comes, within a bound, for those who read it later or as it comes. Each of them is a place in it: nothing is
 * kept for one that is slow, and nobody waits for it. For any thread.
 */
public final class Newest<E> {
    private final long most;
    private final ToLongFunction<E> size;
    private final Set<NewestReader<E>> readers = ConcurrentHashMap.newKeySet();
    /** What is kept, behind some that is not any more. */
    private final List<E> entries = new ArrayList<>();

    private int gone;
    /** How many came before the first of the entries. */
    private long before;

    private long total;

    /**
     * @param most how much is kept, but for the newest, which is kept whatever its size
     * @param size of one
     */
    public Newest(long most, ToLongFunction<E> size) {
        this.most = most;
        this.size = size;
    }

    /** Never waits, but for another who is about to read. */
    public void add(E entry) {
        keep(entry);
        readers.forEach(NewestReader::wake);
    }

    private synchronized void keep(E entry) {
        entries.add(entry);
        total += size.applyAsLong(entry);
        while (total > most && entries.size() - gone > 1) {
            total -= size.applyAsLong(entries.get(gone));
            gone++;
        }
        if (gone > entries.size() / 2) { // each is moved once, at most, for one that goes
            entries.subList(0, gone).clear();
            before += gone;
            gone = 0;
        }
    }

    /**
     * Reads from what is there already on.
     *
     * @param last of what is there, only so many of the newest that are wanted; all where empty
     * @param onNew run when something has come, by a thread that must not wait; until the reader is closed
     */
    public NewestReader<E> read(Predicate<E> wanted, OptionalInt last, Runnable onNew) {
        NewestReader<E> reader = new NewestReader<>(this, wanted, placeOf(wanted, last), onNew);
        readers.add(reader);
        return reader;
    }

    private synchronized long placeOf(Predicate<E> wanted, OptionalInt last) {
        if (last.isEmpty()) {
            return before + gone;
        }
        int index = entries.size();
        for (int found = 0; found < last.getAsInt() && index > gone; ) {
            index--;
            found += wanted.test(entries.get(index)) ? 1 : 0;
        }
        return before + index;
    }

    /** All that is kept, from the oldest on. */
    public synchronized List<E> all() {
        return List.copyOf(entries.subList(gone, entries.size()));
    }

    /** How many came that are kept no more. */
    public synchronized long forgotten() {
        return before + gone;
    }

    /** What has this place, counted from 0 on; empty where it has not come yet. */
    synchronized Optional<E> at(long place) {
        long index = place - before;
        return index < entries.size() ? Optional.of(entries.get((int) index)) : Optional.empty();
    }

    void forget(NewestReader<E> reader) {
        readers.remove(reader);
    }
}
