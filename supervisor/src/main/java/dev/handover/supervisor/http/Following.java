package dev.handover.supervisor.http;

import com.google.gson.JsonObject;
import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.ChronicleReader;
import dev.handover.supervisor.chronicle.Entry;
import dev.handover.supervisor.chronicle.Selection;
import dev.handover.supervisor.control.Results;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens, for one client, as server-sent events. It reads the chronicle at its own pace, and nothing is queued for it: one
 * that does not take what it is sent holds up nobody but itself, and is ended.
 */
final class Following implements AutoCloseable {
    static final String TYPE = "text/event-stream";

    /** After which a client whose connection has ended comes again. */
    private static final Duration COME_AGAIN = Duration.ofSeconds(2);

    /** Without a word for so long it would not be known whether anybody is there. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** For which one who is sent something may let it wait. */
    private static final Duration SLOW = Duration.ofSeconds(2);

    private final Chronicle chronicle;
    private final Selection selection;
    private final Consumer<Following> over;
    private final Semaphore news = new Semaphore(0);
    private volatile @Nullable String end;
    private volatile boolean gone;

    Following(Chronicle chronicle, Selection selection, Consumer<Following> over) {
        this.chronicle = chronicle;
        this.selection = selection;
        this.over = over;
    }

    /** What it begins with. */
    static byte[] greeting() {
        return bytes("retry: " + COME_AGAIN.toMillis() + "\n\n");
    }

    /** Returns when the client is gone, too slow, or told why that is all. */
    void writeTo(OutputStream out, Visit visit) throws IOException {
        visit.follows(this::isGone);
        try (ChronicleReader reader = chronicle.read(selection, this::wake)) {
            while (!gone) {
                String why = end; // what had happened by then is told before
                boolean inTime = tell(reader, out, visit);
                if (!inTime) {
                    why = "you take too long over what you are sent; come again, and go on from your last event";
                }
                if (why != null) {
                    JsonObject last = new JsonObject();
                    last.addProperty("why", why);
                    out.write(bytes("event: end\ndata: " + Results.text(last) + "\n"));
                    out.flush();
                    return;
                }
                visit.awaitsEvents();
                awaitNews(out);
            }
        }
    }

    /** Says whether the client takes it in time. */
    private boolean tell(ChronicleReader reader, OutputStream out, Visit visit) throws IOException {
        boolean inTime = true;
        boolean more = true;
        while (more && inTime && !gone) {
            Optional<Entry> next = reader.next();
            long begun = System.nanoTime();
            visit.isSentMore();
            long missed = reader.missed();
            if (missed > 0) {
                out.write(bytes("event: not-shown\ndata: {\"not_shown\":" + missed + "}\n\n"));
            }
            if (next.isPresent()) {
                out.write(event(next.get()));
            } else {
                out.flush();
                more = false;
            }
            inTime = System.nanoTime() - begun <= SLOW.toNanos();
        }
        return inTime;
    }

    private static byte[] event(Entry entry) {
        return bytes("id: " + entry.number() + "\ndata: " + Results.text(Results.forMonitors(entry)) + "\n");
    }

    private void awaitNews(OutputStream out) throws IOException {
        try {
            if (!news.tryAcquire(HEARTBEAT.toNanos(), TimeUnit.NANOSECONDS)) {
                out.write(bytes(":\n\n"));
            }
            news.drainPermits();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            gone = true;
        }
    }

    private void wake() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    private void isGone() {
        gone = true;
        wake();
    }

    /** It ends after what has happened by now. */
    void end(String why) {
        end = why;
        wake();
    }

    /** Its place is another's. */
    @Override
    public void close() {
        over.accept(this);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
