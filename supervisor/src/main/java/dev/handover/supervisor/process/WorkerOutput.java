package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Fifo;
import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.linux.ReadWatch;
import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What workers write to their standard output and standard error: passed on line by line, the last lines kept. */
public final class WorkerOutput implements AutoCloseable {
    static final String SUFFIX = ".out";

    private final Path folder;
    private final BiConsumer<WorkerId, String> lines;
    private final RecentOutput recent;
    private final ServiceLogs logs;
    private final Consumer<String> troubles;
    private final ReadWatch watch;
    private final ByteBuffer part = WorkerPipe.part();
    private final Map<WorkerId, WorkerPipe> pipes = new ConcurrentHashMap<>();

    /**
     * @param folder this supervisor's alone; made if it is missing
     * @param lines called for each line that is for the supervisor's log, on a thread of its own or on that which sees the
     *     worker's end
     * @param recent takes each line, whatever else becomes of it
     * @param logs of services that have one of their own; its maker's to close
     * @param troubles called with what kept output from being read
     */
    public WorkerOutput(
            Path folder,
            BiConsumer<WorkerId, String> lines,
            RecentOutput recent,
            ServiceLogs logs,
            Consumer<String> troubles)
            throws IOException {
        this.folder = PrivateFolder.ensure(folder);
        this.recent = recent;
        this.logs = logs;
        this.lines = lines;
        this.troubles = troubles;
        this.watch = new ReadWatch("worker-output", line -> troubles.accept("a worker's output: " + line));
    }

    private Path path(WorkerId worker) {
        return folder.resolve(worker.service() + "-g" + worker.generation() + "-w" + worker.index() + SUFFIX);
    }

    /** Returns what a worker that is about to start is to write to. */
    Path open(WorkerId worker, Optional<LogSpec> log) throws IOException {
        finish(worker);
        PrivateFolder.ensure(folder); // someone may have tidied up
        Path path = path(worker);
        read(worker, Fifo.create(path), log);
        return path;
    }

    /** Goes on with the output of a worker that an earlier supervisor started. */
    void reopen(WorkerId worker, Optional<LogSpec> log) {
        try {
            read(worker, Fifo.open(path(worker)), log);
        } catch (IOException failed) {
            troubles.accept("the output of " + worker + " can't be read: " + Why.of(failed)
                    + "; the worker goes on, until what it writes fills its pipe");
        }
    }

    private void read(WorkerId worker, Fifo fifo, Optional<LogSpec> log) throws IOException {
        Optional<WorkerLog> file = log.flatMap(spec -> logs.of(worker, spec));
        boolean alone = file.isPresent() && log.filter(LogSpec::stderr).isEmpty();
        Optional<Consumer<String>> logged = alone ? Optional.empty() : Optional.of(line -> lines.accept(worker, line));
        try {
            pipes.put(worker, new WorkerPipe(fifo, watch, part, line -> recent.add(worker, line), logged, file));
        } catch (IOException refused) {
            file.ifPresent(WorkerLog::close);
            fifo.close();
            throw refused;
        }
    }

    /** Reads the rest; returns the last lines. */
    List<String> finish(WorkerId worker) {
        try (WorkerPipe pipe = pipes.remove(worker)) {
            return pipe == null ? List.of() : pipe.finish();
        } catch (IOException failed) {
            troubles.accept("the output of " + worker + " can't be read to its end: " + Why.of(failed));
            return List.of();
        }
    }

    /**
     * Removes the pipes of workers that have ended while there was no supervisor, before any is gone on with. One that somebody
     * still writes to is left: a worker that no supervisor remembers has it.
     */
    public void clear(Memory remembered) {
        Set<Path> theirs = remembered.workers().stream().map(this::path).collect(Collectors.toSet());
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path one : all) {
                if (!theirs.contains(one) && Fifo.isForsaken(one)) {
                    Files.deleteIfExists(one);
                }
            }
        } catch (IOException refused) {
            troubles.accept("pipes that an earlier supervisor left are not cleared: " + Why.of(refused));
        }
    }

    /** Reads what is there, and no more: what is written from now on waits in the pipes for whoever reads them next. */
    public void leave() {
        watch.close();
        pipes.forEach((worker, pipe) -> {
            try {
                pipe.leave();
            } catch (IOException failed) {
                troubles.accept("the output of " + worker + " can't be read to its end: " + Why.of(failed));
            }
        });
    }

    @Override
    public void close() throws IOException {
        watch.close();
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException workersGoOn) {
            // Theirs to write to, and for the next supervisor to read.
        }
    }
}
