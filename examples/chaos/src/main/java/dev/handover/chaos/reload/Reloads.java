package dev.handover.chaos.reload;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs reloads in a thread of its own: reload i of n begins at i/(n+1) of the load's duration, or when the one before
 * has ended if that is later.
 */
public final class Reloads implements AutoCloseable {
    private static final int LINES_KEPT = 10;

    private final ReloadOptions options;
    private final long start;
    private final Duration over;
    private final Consumer<ReloadRecord> onEach;
    private final FutureTask<List<ReloadRecord>> task = new FutureTask<>(this::run);
    private final AtomicReference<@Nullable Process> running = new AtomicReference<>();
    private final Thread thread = new Thread(task, "reloads");

    private Reloads(ReloadOptions options, Duration over, Consumer<ReloadRecord> onEach) {
        this.options = options;
        this.start = System.nanoTime();
        this.over = over;
        this.onEach = onEach;
    }

    /** @param onEach told of each reload when it has ended, in the reloads' thread */
    public static Reloads start(ReloadOptions options, Duration over, Consumer<ReloadRecord> onEach) {
        Reloads reloads = new Reloads(options, over, onEach);
        reloads.thread.start();
        return reloads;
    }

    /**
     * Waits for the last one to end.
     *
     * @throws IOException if a command could not be started
     */
    public List<ReloadRecord> await() throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Whether the last one has ended, or a command could not be started. */
    public boolean areOver() {
        return task.isDone();
    }

    /** Ends what still runs. */
    @Override
    public void close() {
        thread.interrupt();
        kill(running.get());
    }

    private List<ReloadRecord> run() throws IOException, InterruptedException {
        List<ReloadRecord> records = new ArrayList<>();
        for (int number = 1; number <= options.count(); number++) {
            // Its output goes to a file, not to a pipe: a process that it leaves behind would hold a pipe open.
            Path output = Files.createTempFile("chaos-reload", ".out");
            try {
                long due = start + over.toNanos() / (options.count() + 1) * number;
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                ReloadRecord record = reload(number, output);
                records.add(record);
                onEach.accept(record);
            } finally {
                Files.delete(output);
            }
        }
        return List.copyOf(records);
    }

    private ReloadRecord reload(int number, Path output) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(options.command())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        running.set(process);
        process.getOutputStream().close();
        boolean ended;
        try {
            ended = process.waitFor(options.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            kill(process);
        }
        long end = System.nanoTime();
        return new ReloadRecord(
                number,
                (begin - start) / 1e9,
                (end - begin) / 1e9,
                ended ? process.exitValue() : -1,
                !ended,
                lastLines(output));
    }

    /** Leaves alone what has ended, and what an ended command left behind: that may be the server. */
    private static void kill(@Nullable Process process) {
        if (process != null && process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static List<String> lastLines(Path output) throws IOException {
        List<String> lines = new String(Files.readAllBytes(output), Charset.defaultCharset())
                .lines()
                .toList();
        return lines.subList(Math.max(0, lines.size() - LINES_KEPT), lines.size());
    }
}
