package dev.handover.supervisor.notify;

import com.google.gson.JsonObject;
import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.ChronicleReader;
import dev.handover.supervisor.chronicle.Entry;
import dev.handover.supervisor.chronicle.Selection;
import dev.handover.supervisor.terms.NotifySpec;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One that is told, of one event after the other, on a thread that is there while there is something to tell. Those that come
 * meanwhile wait, so many of the newest; of the others he is told how many there were.
 */
final class Target implements AutoCloseable {
    static final int MOST_WAITING = 100;

    private static final long TOLD_EACH = Duration.ofMinutes(1).toNanos();

    private final NotifySpec spec;
    private final Delivery delivery;
    private final Chronicle chronicle;
    private final String host;
    private final Consumer<String> failures;
    private final Consumer<String> news;
    private final ThreadPoolExecutor thread;
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile boolean closed;

    // Of its thread:
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private @Nullable ChronicleReader reader;
    private long dropped;
    private boolean fails;
    private long failed;
    private long toldAt;

    /**
     * @param after it is told of what has a higher number
     * @param failures takes a line that is worth a warning, seldom
     */
    Target(
            NotifySpec spec,
            Delivery delivery,
            Chronicle chronicle,
            long after,
            String host,
            Consumer<String> failures,
            Consumer<String> news) {
        this.spec = spec;
        this.delivery = delivery;
        this.chronicle = chronicle;
        this.host = host;
        this.failures = failures;
        this.news = news;
        this.thread = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, "notify-" + spec.name());
            made.setDaemon(true);
            return made;
        });
        thread.execute(() -> open(after));
        wake();
    }

    private void open(long after) {
        Selection next = new Selection(Optional.empty(), Optional.empty(), OptionalLong.of(after), OptionalInt.empty());
        reader = chronicle.read(next, this::wake);
        wake();
    }

    /** Any thread may call; it never waits. */
    private void wake() {
        if (due.compareAndSet(false, true)) {
            try {
                thread.execute(this::work);
            } catch (RejectedExecutionException over) {
                // It is told of nothing any more.
            } catch (OutOfMemoryError noThread) {
                due.set(false); // the next event tries again
            }
        }
    }

    private void work() {
        due.set(false);
        take();
        while (!closed && !waiting.isEmpty()) {
            tell(waiting.removeFirst());
            take();
        }
        delivery.rest();
    }

    private void take() {
        ChronicleReader from = reader;
        if (from == null) {
            return;
        }
        for (Optional<Entry> next = from.next(); next.isPresent(); next = from.next()) {
            Entry entry = next.get();
            if (isWanted(entry)) {
                if (waiting.size() == MOST_WAITING) {
                    waiting.removeFirst();
                    dropped++;
                }
                waiting.addLast(entry);
            }
        }
        dropped += from.missed();
    }

    private boolean isWanted(Entry entry) {
        boolean error = entry.line().contains("\"severity\":\"error\""); // quotes within a text are escaped
        return spec.wants(entry.what(), entry.service().orElse(""), error);
    }

    private void tell(Entry entry) {
        JsonObject event = entry.json();
        event.addProperty("host", host);
        long before = dropped;
        if (before > 0) {
            event.addProperty("not_shown", before);
        }
        try {
            delivery.deliver(event, spec.timeout());
            dropped -= before;
            delivered(before);
        } catch (IOException undelivered) {
            failed(entry, Why.of(undelivered));
        } catch (RuntimeException | LinkageError | OutOfMemoryError fault) {
            failed(entry, fault.toString());
        }
    }

    private void delivered(long before) {
        if (fails || before > 0) {
            news.accept(this + ": events are told of" + (fails ? " again" : "")
                    + (failed > 0 ? "; of " + failed + " that was not so since the last such line" : "")
                    + (before > 0
                            ? "; " + before + " were dropped, since no more than " + MOST_WAITING + " wait"
                            : ""));
        }
        fails = false;
        failed = 0;
    }

    private void failed(Entry entry, String why) {
        long now = System.nanoTime();
        if (closed) {
            return;
        }
        if (fails && now - toldAt < TOLD_EACH) {
            failed++;
            return;
        }
        failures.accept(this + ": event " + entry.number() + " (" + entry.what()
                + entry.service().map(service -> " of " + service).orElse("") + ") was not told: " + why
                + (failed > 0 ? " (and " + failed + " more since the last such line)" : ""));
        fails = true;
        failed = 0;
        toldAt = now;
    }

    NotifySpec spec() {
        return spec;
    }

    /** Waits until what has come is told, so long at most, and returns whether it is. */
    boolean awaitQuiet(long millis) throws InterruptedException {
        CountDownLatch quiet = new CountDownLatch(1);
        try {
            thread.execute(quiet::countDown);
            return quiet.await(millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException | OutOfMemoryError none) {
            return false;
        }
    }

    /** What waits is not told any more; what is being told is. Never waits. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.execute(() -> {
                ChronicleReader open = reader;
                if (open != null) {
                    open.close();
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError none) {
            // Its place in the chronicle costs nothing but a call for each event.
        }
        thread.shutdown();
    }

    @Override
    public String toString() {
        return "notify." + spec.name();
    }
}
