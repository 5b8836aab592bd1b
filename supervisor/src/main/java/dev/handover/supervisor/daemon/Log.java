package dev.handover.supervisor.daemon;

import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.linux.JournalSocket;
import dev.handover.supervisor.terms.ControlCharacters;
import dev.handover.supervisor.terms.Subject;
import dev.handover.supervisor.terms.WorkerId;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The log: one line an event on standard error, or an entry of the journal, written by a thread of its own. A reader that stands
 * still (a paused terminal, a stuck journal) must not stop the supervisor: lines beyond the queue are dropped, and counted.
 */
final class Log implements AutoCloseable {
    private static final int QUEUED_LINES = 10_000;
    private static final long LAST_LINES_MILLIS = 1000;
    private static final LogLine END = new LogLine(Level.DEBUG, Subject.SUPERVISOR, "", "");

    private final Level level;
    private final boolean journal;
    private final OutputStream out;
    private final Optional<Journal> entries;
    private final BlockingQueue<LogLine> queue = new ArrayBlockingQueue<>(QUEUED_LINES);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong unwritten = new AtomicLong();
    private final Thread writer = new Thread(this::write, "log");

    /**
     * @param level what matters less is not written
     * @param journal whether the journal reads: it wants each line's priority, and knows the time
     * @param entries where the journal takes them with what they are about; what it does not take goes to {@code out}
     */
    Log(Level level, boolean journal, OutputStream out, Optional<Journal> entries) {
        this.level = level;
        this.journal = journal;
        this.out = out;
        this.entries = entries;
        writer.setDaemon(true);
        writer.start();
    }

    static Log toStandardError(Level level, Map<String, String> environment) {
        boolean journal = JournalSocket.hasStandardError(environment);
        return new Log(
                level,
                journal,
                new FileOutputStream(FileDescriptor.err),
                journal ? Optional.of(new Journal(JournalSocket::open)) : Optional.empty());
    }

    /** Whether it goes to systemd's journal, with what it is about. */
    boolean isJournal() {
        return journal;
    }

    void error(String text) {
        log(Level.ERROR, text);
    }

    void warn(String text) {
        log(Level.WARN, text);
    }

    void info(String text) {
        log(Level.INFO, text);
    }

    /** Each problem, then what came of them. */
    void refused(ConfigurationFile.Invalid invalid, String consequence) {
        invalid.problems().forEach(problem -> error(problem.toString()));
        error(invalid.verdict() + "; " + consequence);
    }

    /** A line that a worker wrote. */
    void said(WorkerId worker, String line) {
        log(Level.INFO, Subject.of(worker), worker + ": " + line);
    }

    void log(Level severity, String text) {
        log(severity, Subject.SUPERVISOR, text);
    }

    void log(Level severity, Subject subject, String text) {
        if (severity.compareTo(level) > 0) {
            return;
        }
        unwritten.incrementAndGet();
        if (!queue.offer(line(severity, subject, text))) {
            unwritten.decrementAndGet();
            dropped.incrementAndGet();
        }
    }

    private LogLine line(Level severity, Subject subject, String text) {
        // Workers say what they like: no line of theirs may end early, look like another, or steer a terminal.
        String oneLine = ControlCharacters.escaped(text.replace("\n", "\\n"), "\t");
        String time = journal
                ? ""
                : OffsetDateTime.now(ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString();
        return new LogLine(severity, subject, oneLine, time);
    }

    private void write() {
        try {
            for (LogLine line = queue.take(); !line.equals(END); line = queue.take()) {
                write(line);
                if (unwritten.decrementAndGet() == 0) {
                    synchronized (unwritten) {
                        unwritten.notifyAll();
                    }
                }
            }
            out.flush();
        } catch (IOException lastLines) {
            // The disk is full, or nobody reads; and nobody can be told.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(LogLine line) {
        long lost = dropped.get();
        try {
            put(line);
            if (lost > 0) {
                put(line(
                        Level.WARN,
                        Subject.SUPERVISOR,
                        lost + " log lines were dropped: nobody read them, or there was no room"));
                dropped.addAndGet(-lost);
            }
        } catch (IOException noRoom) {
            dropped.incrementAndGet(); // the next one may find some
        }
    }

    private void put(LogLine line) throws IOException {
        if (entries.isEmpty() || !entries.get().takes(line)) {
            out.write(line.text(journal).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Returns once what is queued is written; a reader that stands still is waited for a second at most. */
    void flush() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_LINES_MILLIS);
        try {
            synchronized (unwritten) {
                for (long left = LAST_LINES_MILLIS;
                        unwritten.get() > 0 && left > 0;
                        left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())) {
                    unwritten.wait(left);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what is queued; waits for a reader that stands still for two seconds at most. */
    @Override
    public void close() {
        try {
            if (queue.offer(END, LAST_LINES_MILLIS, TimeUnit.MILLISECONDS)) {
                writer.join(LAST_LINES_MILLIS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
