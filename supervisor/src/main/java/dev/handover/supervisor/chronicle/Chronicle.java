package dev.handover.supervisor.chronicle;

import com.google.gson.JsonObject;
import dev.handover.supervisor.terms.Happening;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What has happened to the services. The newest of it is in memory, for those who read; all of that, and some more, is in a file,
 * for the next supervisor. A thread of its own numbers, writes and tells, so that neither a disk nor a reader holds up who adds.
 */
public final class Chronicle implements AutoCloseable {
    /** How much is in memory, in characters: some four thousand entries. */
    static final long KEPT = 1 << 20;

    private static final int QUEUED = 10_000;
    private static final long LAST_ENTRIES_MILLIS = 1000;

    private final Function<Happening, JsonObject> spelling;
    private final ChronicleFile file;
    private final Consumer<String> warnings;
    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(QUEUED);
    private final AtomicLong dropped = new AtomicLong();
    private final ConcurrentSkipListMap<Long, Entry> kept = new ConcurrentSkipListMap<>();
    private final Set<ChronicleReader> readers = ConcurrentHashMap.newKeySet();
    private final Thread writer = new Thread(this::write, "chronicle");
    private volatile long last;
    private volatile long forgotten;
    private volatile boolean closed;
    private long size;

    /**
     * Goes on with what the file has.
     *
     * @param spelling how an entry is spelled, but for its number
     * @param warnings takes a line for the log, from any thread
     */
    public Chronicle(ChronicleFile file, Function<Happening, JsonObject> spelling, Consumer<String> warnings) {
        this.spelling = spelling;
        this.file = file;
        this.warnings = warnings;
        file.read().forEach(this::keep);
        forgotten = kept.isEmpty() ? last : kept.firstKey() - 1;
        writer.setDaemon(true);
        writer.start();
    }

    /** Never waits. */
    public void add(Happening happening) {
        if (!queue.offer(() -> put(happening)) && dropped.incrementAndGet() == 1) {
            warnings.accept("more happens than the chronicle can take; some of it is missing there");
        }
    }

    /**
     * Reads from what is there already on.
     *
     * @param onNew run when something has come that it may want, by a thread that must not wait; until it is closed
     */
    public ChronicleReader read(Selection selection, Runnable onNew) {
        // Numbers that were never written may be given again: who read them goes on with what comes.
        Selection wanted = selection.after().orElse(0) <= last ? selection : selection.afterAny();
        ChronicleReader reader = new ChronicleReader(this, wanted, placeOf(wanted), onNew);
        readers.add(reader);
        return reader;
    }

    /** Whether anything that is kept is about this service. */
    public boolean knows(String service) {
        return kept.values().stream().anyMatch(Selection.of(service)::has);
    }

    private long placeOf(Selection selection) {
        if (selection.last().isEmpty()) {
            return selection.after().orElse(forgotten); // who goes on from somewhere is told what it missed
        }
        long newest = last;
        List<Entry> wanted = kept.descendingMap().values().stream()
                .filter(entry -> entry.number() <= newest && selection.has(entry))
                .limit(selection.last().getAsInt())
                .toList();
        return wanted.isEmpty() ? newest : wanted.get(wanted.size() - 1).number() - 1;
    }

    Optional<Entry> after(long number) {
        return Optional.ofNullable(kept.higherEntry(number)).map(Map.Entry::getValue);
    }

    /** The highest number of one that is kept no more. */
    long forgotten() {
        return forgotten;
    }

    void forget(ChronicleReader reader) {
        readers.remove(reader);
    }

    private void write() {
        try {
            while (!closed || !queue.isEmpty()) {
                queue.take().run();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void put(Happening happening) {
        JsonObject json = new JsonObject();
        json.addProperty(Entry.NUMBER, last + 1);
        spelling.apply(happening).asMap().forEach(json::add);
        Entry entry = Entry.of(json);
        keep(entry);
        readers.forEach(ChronicleReader::wake);
        file.append(entry.line());
    }

    private void keep(Entry entry) {
        kept.put(entry.number(), entry);
        last = entry.number();
        size += entry.line().length();
        while (size > KEPT) {
            Entry oldest = kept.firstEntry().getValue();
            size -= oldest.line().length();
            forgotten = oldest.number(); // before it is gone: who reads would take its number for one that never was
            kept.remove(oldest.number());
        }
    }

    /** Returns once what was added is written; a disk that stands still is waited for a second at most. */
    public void flush() {
        CountDownLatch written = new CountDownLatch(1);
        try {
            if (queue.offer(written::countDown, LAST_ENTRIES_MILLIS, TimeUnit.MILLISECONDS)) {
                boolean unused = written.await(LAST_ENTRIES_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what was added; waits for a disk that stands still for two seconds at most. */
    @Override
    public void close() {
        closed = true;
        flush();
        file.close();
    }
}
