package dev.handover.supervisor.chronicle;

import java.util.Optional;

/**
 * Reads the chronicle, and what comes to it, at its own pace: it is a place in what is kept, and nothing is kept for it. One that
 * stays so far behind that what it has not read is kept no more goes on with the oldest that is, and is told how much it missed. For
 * one thread at a time.
 */
public final class ChronicleReader implements AutoCloseable {
    private final Chronicle chronicle;
    private final Selection selection;
    private final Runnable onNew;
    private long place;
    private long missed;

    ChronicleReader(Chronicle chronicle, Selection selection, long place, Runnable onNew) {
        this.chronicle = chronicle;
        this.selection = selection;
        this.place = place;
        this.onNew = onNew;
    }

    /** The next that is wanted; empty where none has come yet. Never waits. */
    public Optional<Entry> next() {
        for (Optional<Entry> next = following(); next.isPresent(); next = following()) {
            place = next.get().number();
            if (selection.has(next.get())) {
                return next;
            }
        }
        return Optional.empty();
    }

    private Optional<Entry> following() {
        long forgotten = chronicle.forgotten();
        if (place < forgotten) {
            missed += forgotten - place;
            place = forgotten;
        }
        return chronicle.after(place);
    }

    /**
     * How many entries, of any service, were kept no more when it was their turn; since this was asked last. Ask after each
     * {@link #next}.
     */
    public long missed() {
        long since = missed;
        missed = 0;
        return since;
    }

    void wake() {
        onNew.run();
    }

    /** It is told of nothing any more. */
    @Override
    public void close() {
        chronicle.forget(this);
    }
}
