package dev.handover.supervisor.process;

import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.LogStanding;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The log files that services have of their own: each is open as long as a worker writes to it, whatever its generation. */
public final class ServiceLogs implements AutoCloseable {
    /** For what is still to be written when the supervisor ends. */
    private static final Duration LAST_LINES = Duration.ofSeconds(2);

    private final Consumer<String> troubles;
    private final Consumer<String> news;
    private final AtomicLong waiting = new AtomicLong();
    private final Map<Path, LogFile> files = new HashMap<>();

    /**
     * @param troubles told what can't be written, in a line for the log
     * @param news told that it can be again
     */
    public ServiceLogs(Consumer<String> troubles, Consumer<String> news) {
        this.troubles = troubles;
        this.news = news;
    }

    /** Opens a worker's way into it; empty, and told, if there can be none. */
    synchronized Optional<WorkerLog> of(WorkerId worker, LogSpec spec) {
        LogFile file = files.get(spec.file());
        if (file == null) {
            file = new LogFile(worker.service(), spec, waiting, troubles, news, this::forget);
            try {
                file.start();
            } catch (OutOfMemoryError noThread) {
                troubles.accept("the log " + spec.file() + " can't be written: " + noThread.getMessage() + "; what "
                        + worker + " writes goes here");
                return Optional.empty();
            }
            files.put(spec.file(), file);
        }
        file.usedBy(worker.service(), spec);
        LogFile used = file;
        return Optional.of(new WorkerLog(used, worker, spec, () -> unuse(used)));
    }

    private synchronized void unuse(LogFile file) {
        file.unused();
    }

    /** Whether it is forgotten, since nobody uses it and nothing is left to be written. */
    private synchronized boolean forget(LogFile file) {
        return file.isOver() && files.remove(file.path(), file);
    }

    /** Has each file opened anew, since something else may have moved it. Returns how many there are. */
    public synchronized int reopen() {
        files.values().forEach(LogFile::reopen);
        return files.size();
    }

    /** Of those services that write to one now. */
    public synchronized Map<ServiceName, LogStanding> standing() {
        Map<ServiceName, LogStanding> all = new HashMap<>();
        files.values().forEach(file -> all.put(file.service(), new LogStanding(file.path(), file.trouble())));
        return all;
    }

    /** The one that a service's workers write to now; empty where there is none. */
    public Optional<Path> fileOf(ServiceName service) {
        return Optional.ofNullable(standing().get(service)).map(LogStanding::file);
    }

    private synchronized List<LogFile> end() {
        files.values().forEach(LogFile::end);
        return List.copyOf(files.values());
    }

    /** Waits for what is queued, but not for a disk that stands still. */
    @Override
    public void close() {
        long deadline = System.nanoTime() + LAST_LINES.toNanos();
        try {
            for (LogFile file : end()) {
                file.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
