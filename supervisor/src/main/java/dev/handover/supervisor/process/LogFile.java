package dev.handover.supervisor.process;

import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A log file and the thread that writes it: a disk that is slow, or stands still, holds up nobody else. Lines wait in a
 * queue of a limited size; what is beyond is left out, counted and told, in the file too.
 */
final class LogFile {
    /** What may wait, in bytes. */
    static final long QUEUED_BYTES = 1 << 20;
    /** What may wait for all files together, in bytes of memory: services may share a disk that is full. */
    static final long QUEUED_BYTES_OF_ALL = 16 << 20;
    /** What may wait whatever waits for others. */
    private static final long QUEUED_BYTES_AT_LEAST = 128 * 1024;
    /** What a line takes in memory beside its bytes, about. */
    private static final int LINE_BYTES = 48;

    /** How long after a failure it is tried again. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    /** The supervisor's log is told so often at most what is left out. */
    private static final Duration TOLD_EVERY = Duration.ofSeconds(10);

    private static final String TOO_SLOW = "more came than could be written";

    private final Path path;
    private final AtomicLong waiting;
    private final Consumer<String> troubles;
    private final Consumer<String> news;
    private final Predicate<LogFile> forgotten;
    private final Thread thread;

    // All of these are guarded by this.
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private long queued;
    private boolean full;
    private long leftOut;
    private String leftOutWhy = TOO_SLOW;
    private long untold;
    private long toldAt = System.nanoTime() - TOLD_EVERY.toNanos();
    private boolean reopen;
    private boolean ending;
    private int users;
    private LogSpec spec;
    private ServiceName service;
    private @Nullable String trouble;

    /**
     * @param waiting how many bytes of memory wait for all files together
     * @param forgotten asked, on its thread, whether it may end, once nothing is left to be written
     */
    LogFile(
            ServiceName service,
            LogSpec spec,
            AtomicLong waiting,
            Consumer<String> troubles,
            Consumer<String> news,
            Predicate<LogFile> forgotten) {
        this.path = spec.file();
        this.service = service;
        this.spec = spec;
        this.waiting = waiting;
        this.troubles = troubles;
        this.news = news;
        this.forgotten = forgotten;
        this.thread = new Thread(this::write, "log of " + service);
        thread.setDaemon(true);
    }

    /** @throws OutOfMemoryError if there can be no more threads */
    void start() {
        thread.start();
    }

    Path path() {
        return path;
    }

    synchronized ServiceName service() {
        return service;
    }

    /** One more worker writes to it; from now on it is as the newest one's specification says. */
    synchronized void usedBy(ServiceName by, LogSpec newest) {
        users++;
        service = by;
        spec = newest;
    }

    synchronized void unused() {
        users--;
        notifyAll();
    }

    /** No more is waited for, nor a failing disk. */
    synchronized void end() {
        ending = true;
        notifyAll();
    }

    void join(Duration limit) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedJoin(thread, limit.toNanos());
    }

    synchronized void reopen() {
        reopen = true;
        notifyAll();
    }

    /** Why not all is written; empty where all is. */
    synchronized Optional<String> trouble() {
        return trouble == null && full ? Optional.of(TOO_SLOW) : Optional.ofNullable(trouble);
    }

    synchronized boolean isFull() {
        return full;
    }

    /** @param line with its end; never waits */
    synchronized void offer(byte[] line) {
        // Once full, half of it is emptied before it goes on: not a line here and a line there.
        long most = waiting.get() > QUEUED_BYTES_OF_ALL ? QUEUED_BYTES_AT_LEAST : QUEUED_BYTES;
        if (full ? queued > most / 2 : queued + line.length > most) {
            if (!full) {
                leftOutWhy = trouble == null ? TOO_SLOW : leftOutWhy;
            }
            full = true;
            leftOut += line.length;
            tell(line.length, false);
        } else {
            full = false;
            noteLeftOut();
            enqueue(line);
        }
    }

    private void enqueue(byte[] line) {
        queue.add(line);
        queued += line.length;
        waiting.addAndGet(line.length + LINE_BYTES);
        notifyAll();
    }

    /** At the place in the file where it is missing. */
    private void noteLeftOut() {
        if (leftOut > 0) {
            String note = WorkerLog.time() + " supervisor: " + leftOut + " bytes not logged: " + leftOutWhy + "\n";
            leftOut = 0;
            enqueue(note.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void tell(long bytes, boolean last) {
        untold += bytes;
        long now = System.nanoTime();
        if (untold > 0 && (last || now - toldAt >= TOLD_EVERY.toNanos())) {
            troubles.accept(named() + ": " + untold + " bytes not logged: " + leftOutWhy);
            untold = 0;
            toldAt = now;
        }
    }

    private String named() {
        return "the log " + path + " of " + service;
    }

    private void write() {
        try (RotatedFile file = new RotatedFile(path)) {
            boolean goesOn = true;
            while (goesOn) {
                try {
                    writeQueued(file);
                    goesOn = awaitMore() || !forgotten.test(this);
                } catch (IOException failed) {
                    fails("can't be written", Why.of(failed), "what is beyond 1 MiB is left out meanwhile");
                    goesOn = awaitRetry() || !giveUp(file);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // nobody does that
        }
    }

    private void writeQueued(RotatedFile file) throws IOException {
        if (takeReopen()) {
            try {
                file.flush(); // what came before belongs to the one before
            } catch (IOException stillFails) {
                // It may be for this that it is opened anew.
            }
            gaveUp(file.letGo());
        }
        file.opened();
        for (byte[] line = next(); line != null; line = next()) {
            file.add(line, spec());
            took(line);
        }
        file.flush();
        works(file.notRotated());
    }

    private synchronized boolean takeReopen() {
        boolean asked = reopen;
        reopen = false;
        return asked;
    }

    private synchronized LogSpec spec() {
        return spec;
    }

    private synchronized byte @Nullable [] next() {
        if (queue.isEmpty()) {
            full = false;
            noteLeftOut();
        }
        return reopen ? null : queue.peek();
    }

    private synchronized void took(byte[] line) {
        queue.remove();
        queued -= line.length;
        waiting.addAndGet(-line.length - LINE_BYTES);
    }

    private synchronized void works(Optional<String> notRotated) {
        if (notRotated.isPresent()) {
            fails("can't be rotated", notRotated.get(), "it grows meanwhile");
        } else if (trouble != null) {
            trouble = null;
            news.accept(named() + " is as it should be again");
        }
    }

    private synchronized void fails(String what, String why, String meanwhile) {
        String now = what + ": " + why;
        if (!now.equals(trouble)) {
            trouble = now;
            leftOutWhy = why;
            troubles.accept(named() + " " + now + "; that is tried again each second, and " + meanwhile);
        }
    }

    private boolean isUsed() {
        return users > 0 && !ending;
    }

    /** Whether there is more to be done. */
    private synchronized boolean awaitMore() throws InterruptedException {
        while (queue.isEmpty() && !reopen && isUsed()) {
            wait();
        }
        return !queue.isEmpty() || (reopen && isUsed());
    }

    /** Whether it is to be tried again: once nobody uses it, it is not. */
    private synchronized boolean awaitRetry() throws InterruptedException {
        boolean used = isUsed();
        long deadline = System.nanoTime() + AGAIN.toNanos();
        long left = AGAIN.toNanos();
        while (left > 0 && isUsed() && !reopen) { // new lines are no reason to try
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
        return used;
    }

    private synchronized void gaveUp(long bytes) {
        if (bytes > 0) {
            leftOut += bytes;
            tell(bytes, false);
        }
    }

    /** Whether it ends without having written all. */
    private boolean giveUp(RotatedFile file) {
        synchronized (this) {
            tell(queued + file.giveUp(), true);
            waiting.addAndGet(-queued - (long) LINE_BYTES * queue.size());
            queue.clear();
            queued = 0;
            leftOut = 0;
            full = false;
        }
        return forgotten.test(this);
    }

    /** Whether nobody uses it, and nothing is left to be written. */
    synchronized boolean isOver() {
        if (isUsed() || !queue.isEmpty()) {
            return false;
        }
        tell(0, true);
        return true;
    }
}
