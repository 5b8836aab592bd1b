package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Fifo;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.ReadWatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The pipe that one worker writes to, by both of its streams, so that their lines stay in order. */
final class WorkerPipe implements AutoCloseable {
    /** As much as a pipe holds. */
    private static final int PART_BYTES = 64 * 1024;
    /** A descendant may go on writing after the worker's end: it is not read for ever. */
    private static final int LAST_PARTS = 64;

    private final Fifo fifo;
    private final Consumer<String> recent;
    private final Optional<Consumer<String>> logged;
    private final Optional<WorkerLog> file;
    private final ByteBuffer part;
    private final OutputLines lines = new OutputLines(this::line);
    private final LastLines last = new LastLines();
    private final OutputAllowance allowance = new OutputAllowance(System.nanoTime());
    private final ReadWatch.Watching watching;
    private boolean open = true;

    /**
     * @param part is used by all pipes of a watch, whose thread alone reads but for the end; guarded by itself
     * @param recent takes each line
     * @param logged takes each line for the supervisor's log; empty where it is not to be there
     * @param file the service's own log, if it has one; closed with this
     */
    WorkerPipe(
            Fifo fifo,
            ReadWatch watch,
            ByteBuffer part,
            Consumer<String> recent,
            Optional<Consumer<String>> logged,
            Optional<WorkerLog> file)
            throws LinuxException {
        this.fifo = fifo;
        this.part = part;
        this.recent = recent;
        this.logged = logged;
        this.file = file;
        this.watching = fifo.readBy(watch, this::isFlood);
    }

    static ByteBuffer part() {
        return ByteBuffer.allocateDirect(PART_BYTES);
    }

    private synchronized boolean isFlood() throws LinuxException {
        if (open) {
            read();
        }
        return allowance.isExhausted() || file.filter(WorkerLog::isFull).isPresent();
    }

    private boolean read() throws LinuxException {
        synchronized (part) {
            boolean any = fifo.read(part);
            lines.take(part);
            return any;
        }
    }

    private void line(String text, byte[] bytes, int length, boolean ends) {
        last.add(text);
        recent.accept(text);
        file.ifPresent(log -> log.take(bytes, length, ends));
        logged.ifPresent(log -> logIfAllowed(text, length + (ends ? 1 : 0), log));
    }

    private void logIfAllowed(String text, int bytes, Consumer<String> log) {
        long now = System.nanoTime();
        boolean allowed = allowance.allows(bytes, now);
        if (allowed || allowance.isToBeTold(now)) {
            tellNotLogged(log);
        }
        if (allowed) {
            log.accept(text);
        }
    }

    private void tellNotLogged(Consumer<String> log) {
        long bytes = allowance.takeNotLogged();
        if (bytes > 0) {
            log.accept(bytes + " bytes not logged: more than " + (OutputAllowance.BYTES_PER_SECOND >> 20)
                    + " MiB a second");
        }
    }

    /** Reads what is left, a last line without its end included; returns the last lines. */
    synchronized List<String> finish() throws IOException {
        int parts = 0;
        while (open && parts < LAST_PARTS && read()) {
            parts++;
        }
        lines.finish();
        logged.ifPresent(this::tellNotLogged);
        return last.all();
    }

    /** Reads what is there, and no more; the pipe stays. */
    synchronized void leave() throws IOException {
        if (open) {
            watching.close();
            finish();
            open = false;
        }
    }

    /** Removes the pipe's name. */
    @Override
    public synchronized void close() throws IOException {
        if (open) {
            open = false;
            watching.close();
            fifo.close();
            file.ifPresent(WorkerLog::close);
            Files.deleteIfExists(fifo.path());
        }
    }
}
