package dev.handover.supervisor.chronicle;

import com.google.gson.JsonObject;
import dev.handover.supervisor.lines.Newest;
import dev.handover.supervisor.lines.NewestReader;
import dev.handover.supervisor.terms.Happening;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

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
    private final Newest<Entry> kept = new Newest<>(KEPT, entry -> entry.line().length());
    private final Thread writer = new Thread(this::write, "chronicle");
    private volatile long last;
    private volatile boolean closed;

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
        boolean goesOn = selection.after().orElse(0) <= last;
        Selection wanted = goesOn ? selection : selection.afterAny();
        NewestReader<Entry> reader = kept.read(wanted::has, wanted.last(), onNew);
        if (goesOn && selection.after().isPresent() && selection.last().isEmpty()) {
            reader.hasMissed(missedAfter(selection.after().getAsLong()));
        }
        return new ChronicleReader(reader);
    }

    /** Who goes on from somewhere is told what is kept no more. */
    private long missedAfter(long number) {
        return kept.all().stream()
                .findFirst()
                .map(oldest -> Math.max(0, oldest.number() - 1 - number))
                .orElse(0L);
    }

    /** That of the newest; 0 if nothing has ever happened. */
    public long lastNumber() {
        return last;
    }

    /** Whether anything that is kept is about this service. */
    public boolean knows(String service) {
        return kept.all().stream().anyMatch(Selection.of(service)::has);
    }

    /** The last reload of a service; empty if none is told of in what is kept. */
    public Optional<Story> lastReload(String service) {
        return Story.last(kept.all().stream().filter(Selection.of(service)::has).toList());
    }

    /** What came of a service's reloads, as far as that is kept: an entry for each that has ended, from the oldest on. */
    public List<Entry> endedReloads(String service) {
        return kept.all().stream()
                .filter(entry -> entry.what().equals(Story.ENDED))
                .filter(Selection.of(service)::has)
                .toList();
    }

    /** The services that something kept is about, in the order of their names. */
    public SortedSet<String> services() {
        return kept.all().stream()
                .flatMap(entry -> entry.service().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void write() {
        try {
            while (!closed || !queue.isEmpty()) {
                carryOut(queue.take());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void carryOut(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | OutOfMemoryError failed) {
            warnings.accept("something that has happened is missing among the events: " + failed);
        }
    }

    private void put(Happening happening) {
        JsonObject json = new JsonObject();
        json.addProperty(Entry.NUMBER, last + 1);
        spelling.apply(happening).asMap().forEach(json::add);
        Entry entry = Entry.of(json);
        keep(entry);
        file.append(entry.line());
    }

    private void keep(Entry entry) {
        last = entry.number();
        kept.add(entry);
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
