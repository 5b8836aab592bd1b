package dev.handover.bench;

import dev.handover.harness.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** nginx or HAProxy with a reload of its own, in a folder of its own; gone without a trace when closed. */
final class Unsupervised implements AutoCloseable {
    private static final Duration TO_LISTEN = Duration.ofSeconds(15);
    private static final Duration TO_END = Duration.ofSeconds(15);
    private static final Duration TO_SIGNAL = Duration.ofSeconds(15);

    private final Peer program;
    private final Path folder;
    private final Process master;
    private final Thread hook;

    private Unsupervised(Peer program, Path folder, Process master) {
        this.program = program;
        this.folder = folder;
        this.master = master;
        hook = new Thread(this::kill, program + "'s end");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts it, and waits until it listens. */
    static Unsupervised start(Peer program, int port) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("handover-bench");
        Process master = new ProcessBuilder(program.alone(folder, port))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        Unsupervised started = new Unsupervised(program, folder, master);
        try {
            started.awaitListener(port);
            return started;
        } catch (IOException | InterruptedException failed) {
            started.close();
            throw failed;
        }
    }

    private void awaitListener(int port) throws IOException, InterruptedException {
        try {
            Listening.await(port, TO_LISTEN, master::isAlive);
        } catch (IOException refused) {
            throw new IOException(program + " does not listen: " + Files.readString(folder.resolve("log")), refused);
        }
    }

    /** Asks it to; it goes on by itself. */
    void reload() throws IOException, InterruptedException {
        Ran.run(TO_SIGNAL, List.of("kill", "-" + program.reloadSignal(), Long.toString(master.pid())))
                .succeeded();
    }

    private void kill() {
        List<ProcessHandle> all = master.descendants().toList();
        master.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(hook);
        List<ProcessHandle> all = master.descendants().toList();
        master.destroy();
        try {
            if (!master.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
                master.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            master.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
