package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.PrivateFolder;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What workers write to their standard output and standard error: passed on line by line, the last lines kept. */
public final class WorkerOutput implements AutoCloseable {
    private final Path folder;
    private final BiConsumer<WorkerId, String> lines;
    private final Consumer<String> troubles;
    private final WatchService changes;
    private final Map<Path, TailedFile> tails = new ConcurrentHashMap<>();
    private final Thread reader = new Thread(this::readChanges, "worker-output");

    /** Where a worker writes to. */
    record Files(Path out, Path err) {}

    /**
     * @param folder exists, and is this supervisor's alone
     * @param lines called for each line, on a thread of its own or on that which sees the worker's end
     * @param troubles called with what kept output from being read
     */
    public WorkerOutput(Path folder, BiConsumer<WorkerId, String> lines, Consumer<String> troubles) throws IOException {
        this.folder = folder;
        this.lines = lines;
        this.troubles = troubles;
        this.changes = folder.getFileSystem().newWatchService();
        watch();
        reader.setDaemon(true);
        reader.start();
    }

    private void watch() throws IOException {
        folder.register(changes, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_CREATE);
    }

    private Files files(WorkerId worker) {
        String name = worker.service() + "-g" + worker.generation() + "-w" + worker.index();
        return new Files(folder.resolve(name + ".out"), folder.resolve(name + ".err"));
    }

    Files open(WorkerId worker) throws IOException {
        Files files = files(worker);
        if (!java.nio.file.Files.exists(folder)) { // somebody has cleaned up
            PrivateFolder.ensure(folder);
            watch();
        }
        tails.put(files.out(), TailedFile.create(files.out(), line -> lines.accept(worker, line)));
        tails.put(files.err(), TailedFile.create(files.err(), line -> lines.accept(worker, line)));
        return files;
    }

    /** Goes on with the output of a worker that an earlier supervisor started. */
    void reopen(WorkerId worker) {
        Files files = files(worker);
        for (Path path : List.of(files.out(), files.err())) {
            try {
                tails.put(path, TailedFile.reopen(path, line -> lines.accept(worker, line)));
            } catch (IOException failed) {
                troubles.accept("the output of " + worker + " can't be read: " + failed + "; the worker goes on");
            }
        }
    }

    /** Reads the rest; returns the last lines of standard error. */
    List<String> finish(WorkerId worker) {
        Files files = files(worker);
        finish(files.out());
        return finish(files.err());
    }

    private List<String> finish(Path path) {
        try (TailedFile tail = tails.remove(path)) {
            return tail == null ? List.of() : tail.finish();
        } catch (IOException failed) {
            troubles.accept(path + " can't be read to its end: " + failed);
            return List.of();
        }
    }

    private void readChanges() {
        try {
            while (true) {
                WatchKey key = changes.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (event.context() instanceof Path name) {
                        read(tails.get(folder.resolve(name)));
                    } else { // too many changes at once: the kernel dropped some
                        tails.values().forEach(this::read);
                    }
                }
                key.reset();
            }
        } catch (InterruptedException | ClosedWatchServiceException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(@Nullable TailedFile tail) {
        try {
            if (tail != null) {
                tail.read();
            }
        } catch (IOException failed) {
            troubles.accept("a worker's output can't be read: " + failed);
        }
    }

    @Override
    public void close() throws IOException {
        changes.close();
        try {
            java.nio.file.Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException workersGoOn) {
            // Theirs to write to, and for the next supervisor to read.
        }
    }
}
