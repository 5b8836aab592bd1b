package dev.handover.supervisor.chronicle;

import dev.handover.supervisor.lines.NewestReader;
import java.util.Optional;

/** Reads the chronicle, and what comes to it, at its own pace. For one thread at a time. */
public final class ChronicleReader implements AutoCloseable {
    private final NewestReader<Entry> reader;

    ChronicleReader(NewestReader<Entry> reader) {
        this.reader = reader;
    }

    /** The next that is wanted; empty where none has come yet. Never waits. */
    public Optional<Entry> next() {
        return reader.next();
    }

    /**
     * How many entries, of any service, were kept no more when it was their turn; since this was asked last. Ask after each
     * {@link #next}.
     */
    public long missed() {
        return reader.missed();
    }

    /** It is told of nothing any more. */
    @Override
    public void close() {
        reader.close();
    }
}
