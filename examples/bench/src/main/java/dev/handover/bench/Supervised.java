package dev.handover.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A supervisor with one service, in a folder of its own; gone without a trace when closed. */
final class Supervised implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final Path folder;
    private final Path log;
    private final Process daemon;
    private final Thread hook = new Thread(this::end, "supervisor's end");
    private @Nullable Control control;

    private Supervised(Path folder, List<String> command) throws IOException {
        this.folder = folder;
        this.log = folder.resolve("log");
        this.daemon = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts one, and waits until its service serves. */
    static Supervised start(String service) throws IOException, InterruptedException {
        return start(service, UnaryOperator.identity());
    }

    /** @param place how its command is run, such as in a network namespace */
    static Supervised start(String service, UnaryOperator<List<String>> place)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("handover-bench");
        Path configuration = folder.resolve("handover.toml");
        Files.writeString(
                configuration, "[supervisor]\ncontrol = \"" + folder.resolve("control.sock") + "\"\n\n" + service);
        List<String> command =
                place.apply(List.of(Checkout.supervisord().toString(), "--config", configuration.toString()));
        Supervised supervised = new Supervised(folder, command);
        try {
            supervised.awaitServing();
            return supervised;
        } catch (IOException | InterruptedException e) {
            supervised.close();
            throw e;
        }
    }

    /** The section of a service of {@code hello.py}. */
    static String hello(String address, int port, int workers) throws IOException {
        return "[services.hello]\ncommand = [\"python3\", \"" + Checkout.hello() + "\", \"" + address + "\", \"" + port
                + "\"]\nready = \"listening\"\ndrain = \"SIGTERM\"\nlisten = [\"tcp://" + address + ":" + port
                + "\"]\nworkers = " + workers + "\n";
    }

    private void awaitServing() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline && daemon.isAlive()) {
            if (isServing()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IOException("the service did not come up; its supervisor said:\n" + Files.readString(log));
    }

    private boolean isServing() {
        try {
            if (control == null) {
                control = Control.connect(folder.resolve("control.sock"));
            }
            return status().has("serving");
        } catch (IOException notYet) {
            return false;
        }
    }

    private JsonObject status() throws IOException {
        return control().ask("status").getAsJsonArray("services").get(0).getAsJsonObject();
    }

    private Control control() throws IOException {
        if (control == null) {
            throw new IOException("no connection to the supervisor");
        }
        return control;
    }

    /** @throws IOException if it fails */
    Reload reload() throws IOException {
        long start = System.nanoTime();
        JsonObject result = control().ask("reload");
        return Reload.of((System.nanoTime() - start) / 1e6, result);
    }

    /** Reloads one after the other; what they did. */
    List<Reload> reload(int count) throws IOException {
        List<Reload> reloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reloads.add(reload());
        }
        return reloads;
    }

    long pid() throws IOException {
        return control().ask("version").get("pid").getAsLong();
    }

    /** The pids of the workers that run. */
    List<Long> workers() throws IOException {
        List<Long> pids = new ArrayList<>();
        for (JsonElement generation : status().getAsJsonArray("generations")) {
            for (JsonElement worker : generation.getAsJsonObject().getAsJsonArray("workers")) {
                pids.add(worker.getAsJsonObject().get("pid").getAsLong());
            }
        }
        return pids;
    }

    /** A port that nobody listens on now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(hook);
        end();
        if (control != null) {
            control.close();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** TERM drains; said again it does not wait; and then KILL, workers included. */
    private void end() {
        try {
            for (int i = 0; i < 2 && daemon.isAlive(); i++) {
                List<ProcessHandle> all = daemon.descendants().toList();
                daemon.destroy();
                if (!daemon.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS) && i == 1) {
                    System.err.println("bench: the supervisor did not end when told to: killed");
                    all.forEach(ProcessHandle::destroyForcibly);
                    daemon.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            daemon.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
