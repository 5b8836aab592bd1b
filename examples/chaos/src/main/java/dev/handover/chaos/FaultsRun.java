package dev.handover.chaos;

import dev.handover.chaos.faults.Burnt;
import dev.handover.chaos.faults.FaultsOptions;
import dev.handover.chaos.faults.FaultsReport;
import dev.handover.chaos.faults.Fire;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.LoadResult;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Runs faults under load: requests, and connections that live for a while, from before the first fault to after the last. */
public final class FaultsRun {
    /** For so many requests one connection that lives is begun. */
    private static final double REQUESTS_A_LIFE = 20;

    private static final Duration LIFETIME = Duration.ofSeconds(3);
    private static final Duration BETWEEN_LINES = Duration.ofMillis(300);
    /** Longer than all that is stopped here is stopped for: a client's patience is no reason for a loss. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    /** The load goes on until its reload has ended, and its reload ends when the faults have. */
    private static final Duration LONGEST = Duration.ofHours(24);

    private FaultsRun() {}

    /**
     * Runs in this network, or over a link.
     *
     * @param rate connections a second
     * @param listener hears what happens, a line at a time
     */
    public static FaultsReport run(FaultsOptions options, double rate, @Nullable Link link, Consumer<String> listener)
            throws IOException, InterruptedException {
        UnaryOperator<List<String>> place = link == null ? UnaryOperator.identity() : link::inServer;
        Path folder = Files.createTempDirectory("chaos-over");
        Path firstOver = folder.resolve("first");
        Path secondOver = folder.resolve("second");
        try (Fire fire = Fire.open(options, place, listener)) {
            if (new ProcessBuilder("mkfifo", firstOver.toString(), secondOver.toString())
                            .start()
                            .waitFor()
                    != 0) {
                throw new IOException("no FIFO can be made in " + folder);
            }
            LoadOptions requests = load(options.host(), options.http(), Mode.HTTP, rate);
            LoadOptions lives = load(options.host(), options.lines(), Mode.LONG, rate / REQUESTS_A_LIFE)
                    .withLongConnections(LIFETIME, BETWEEN_LINES);
            FutureTask<Report> first = begun(requests, firstOver, link);
            FutureTask<Report> second = begun(lives, secondOver, link);
            try {
                fire.run();
            } finally {
                end(first, firstOver);
                end(second, secondOver);
            }
            List<LoadResult> results = List.of(result(first), result(second));
            Burnt burnt = fire.end();
            return FaultsReport.of(burnt, results);
        } finally {
            Files.deleteIfExists(firstOver);
            Files.deleteIfExists(secondOver);
            Files.deleteIfExists(folder);
        }
    }

    private static LoadOptions load(String host, int port, Mode mode, double rate) {
        return LoadOptions.of(new Target(host, port), mode, rate, Duration.ofSeconds(1))
                .withTimeouts(PATIENCE, PATIENCE);
    }

    private static FutureTask<Report> begun(LoadOptions load, Path over, @Nullable Link link) {
        ChaosOptions options = ChaosOptions.of(load)
                .withReloads(ReloadOptions.of(1, "exec cat " + over).withTimeout(LONGEST));
        FutureTask<Report> task =
                new FutureTask<>(() -> link == null ? ChaosRun.run(options) : ChaosRun.runOver(link, options));
        Thread thread = new Thread(task, "load of mode " + load.mode());
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** The load's reload reads the FIFO to its end. */
    private static void end(FutureTask<Report> load, Path over) throws IOException {
        if (!load.isDone()) {
            try (OutputStream out = Files.newOutputStream(over)) {
                out.flush();
            }
        }
    }

    private static LoadResult result(FutureTask<Report> load) throws IOException, InterruptedException {
        try {
            return load.get().load();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
