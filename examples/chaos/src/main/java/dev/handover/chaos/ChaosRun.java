package dev.handover.chaos;

import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.Load;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.LoadResult;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.load.WarmUp;
import dev.handover.chaos.reload.ReloadRecord;
import dev.handover.chaos.reload.Reloads;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs a load with its reloads. */
public final class ChaosRun {
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);
    private static final Duration LONGEST_TRY = Duration.ofSeconds(1);

    private ChaosRun() {}

    /**
     * Runs in this process and its network. What is measured is reloads under load: it goes on until the last has ended.
     *
     * @throws IOException if the target cannot be resolved or did not accept a connection in time, or the reload
     *     command could not be started
     */
    public static Report run(ChaosOptions options) throws IOException, InterruptedException {
        return run(options, reload -> {});
    }

    static Report run(ChaosOptions options, Consumer<ReloadRecord> onReload) throws IOException, InterruptedException {
        LoadOptions load = options.load();
        WarmUp.once();
        if (!options.waitForTarget().isZero()) {
            await(load.target(), options.waitForTarget());
        }
        try (Reloads reloads = Reloads.start(options.reloads(), load.duration(), onReload)) {
            LoadResult result = Load.run(load, () -> !reloads.areOver());
            return new Report(result, reloads.await(), null);
        }
    }

    /**
     * Runs the load in a process of its own in the link's client namespace, and the reload command in its server
     * namespace.
     *
     * @throws IOException as {@link #run(ChaosOptions)}, or if that process failed; what it said went to standard error
     */
    public static Report runOver(Link link, ChaosOptions options) throws IOException, InterruptedException {
        LoadOptions load = options.load();
        if (load.sources().isEmpty()) {
            load = load.withSources(link.clientAddresses(load.target().resolve().getAddress()));
        }
        ChaosOptions here = options.withLoad(load)
                .withReloads(options.reloads()
                        .withCommand(link.inServer(options.reloads().command())));
        ProcessBuilder builder = new ProcessBuilder(link.inClient(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadMain.class.getName())))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(link.environment());
        Process process = builder.start();
        try {
            process.getOutputStream().write(Json.write(here).getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException("the load in " + link.clientNamespace() + " exited with " + exit);
            }
            return Json.read(output, Report.class).over(link.counts());
        } finally {
            process.destroyForcibly();
        }
    }

    private static void await(Target target, Duration longest) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(target.resolve(), (int) LONGEST_TRY.toMillis());
                return;
            } catch (IOException e) {
                if (System.nanoTime() >= deadline) {
                    throw new IOException(
                            target + " accepted no connection within " + Durations.format(longest) + ": "
                                    + e.getMessage(),
                            e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES.toMillis());
        }
    }
}
