package dev.handover.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The server that a run starts and ends; all its output goes to standard error. */
final class ServerProcess implements AutoCloseable {
    /** Time to stop in order; it has no clients any more. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final Process process;
    private final Thread hook = new Thread(this::stop, "server stop");

    private ServerProcess(Process process) {
        this.process = process;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** The words that run a shell's command with its output on standard error. */
    static List<String> shell(String command) {
        return List.of("sh", "-c", "exec >&2; " + command);
    }

    static ServerProcess start(List<String> words, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return new ServerProcess(process);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way down: the hook does it.
            return;
        }
        stop();
    }

    private void stop() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        List<ProcessHandle> told = new ArrayList<>(List.of(process.toHandle()));
        if (isShell()) {
            // A shell that did not exec its last command would end alone.
            told.addAll(process.children().toList());
        }
        told.forEach(ProcessHandle::destroy);
        try {
            CompletableFuture.allOf(told.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                    .get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            System.err.println("chaos: the server did not stop within " + Durations.format(GRACE) + ": killed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private boolean isShell() {
        return process.info()
                .command()
                .map(program -> Path.of(program).getFileName().toString())
                .filter(List.of("sh", "dash", "bash", "busybox")::contains)
                .isPresent();
    }
}
