package dev.handover.chaos.faults;

import dev.handover.harness.Checkout;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The service under fire and its supervisor, in a folder of their own that goes with them. */
final class Site implements AutoCloseable {
    static final String SERVICE = "fire";
    static final int WORKERS = 2;

    /** An upgrade keeps a copy of the jar beside the state, some 8 MiB; and it is to be full in a moment. */
    private static final String DISK_SIZE = "32m";

    /** Of those that are there for documents (RFC 5737), in whatever network this is. */
    private static final String NOBODYS = "192.0.2.1:80";

    private static final int BLOCK = 1 << 20;

    /** What may be left in the run's folder when its supervisor has ended: what was put there, and what outlives one. */
    private static final List<String> EXPECTED = List.of("handover.toml", "log", "run", "worker.py");

    private final Path folder;
    private final Path run;
    private final Address address;
    private final UnaryOperator<List<String>> place;
    private final boolean ownsDisk;
    private final Processes processes;
    private final Thread hook = new Thread(this::clear, "site clearing");
    private final Supervised supervised;

    /**
     * Where the service listens.
     *
     * @param http the port for HTTP
     * @param lines the port for lines
     */
    record Address(String host, int http, int lines) {}

    private Site(Address address, UnaryOperator<List<String>> place, boolean ownsDisk) throws IOException {
        this.address = address;
        this.place = place;
        this.ownsDisk = ownsDisk;
        this.folder = Files.createTempDirectory("handover-chaos");
        this.run = Files.createDirectory(folder.resolve("run"));
        this.processes = new Processes(folder, place);
        Runtime.getRuntime().addShutdownHook(hook);
        if (ownsDisk) {
            Processes.run(
                    "mount", "-t", "tmpfs", "-o", "mode=0700,size=" + DISK_SIZE, "handover-chaos", run.toString());
        }
        try (InputStream worker = Objects.requireNonNull(Site.class.getResourceAsStream("worker.py"))) {
            Files.copy(worker, folder.resolve("worker.py"));
        }
        this.supervised = Supervised.launch(folder, run.resolve("control.sock"), services("plain"), place);
    }

    /**
     * Starts one, and waits until it serves.
     *
     * @param place how commands are run, such as in a network namespace
     */
    static Site open(Address address, UnaryOperator<List<String>> place) throws IOException, InterruptedException {
        Site site = new Site(address, place, diskObstacle() == null);
        try {
            site.supervised.awaitRunning();
            return site;
        } catch (Throwable failed) {
            site.clear();
            throw failed;
        }
    }

    /** Why the state's disk can't be filled here, or null. */
    static @Nullable String diskObstacle() throws IOException {
        boolean isRoot = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        return isRoot ? null : "a small disk for the state needs root, to mount it";
    }

    Processes processes() {
        return processes;
    }

    Supervised supervised() {
        return supervised;
    }

    Address address() {
        return address;
    }

    Path control() {
        return supervised.control();
    }

    /** What starts another supervisor with the same configuration. */
    List<String> supervisorWords() {
        return place.apply(List.of(
                Checkout.supervisord().toString(),
                "--config",
                folder.resolve("handover.toml").toString()));
    }

    /** Puts the file that a move asks for in its place; nothing is reloaded by it. */
    void configure(Move move) throws IOException {
        supervised.configure(
                switch (move) {
                    case NEVER_READY ->
                        services("never-ready").replace("ready-timeout = \"60s\"", "ready-timeout = \"2s\"");
                    case EXITS_ONCE -> services("exits-once");
                    case SLOW_DRAIN -> services("slow-drain");
                    case SYNTAX_ERROR -> services("plain").replace("workers = ", "workers == ");
                    case MISSING_PROGRAM -> services("plain").replace("\"python3\"", "\"/nowhere/python3\"");
                    case FOREIGN_ADDRESS ->
                        services("plain").replace("listen = [", "listen = [\"tcp://" + NOBODYS + "\", ");
                    case GONE_BACK, STANDBY_STORM -> services("plain") + "standby = \"3s\"\n";
                    case STORM -> services("plain") + "max-generations = 4\n";
                    case RELOAD, PROMOTED, ROLLED_BACK, CANARY_STORM, UPGRADE -> services("plain");
                });
    }

    /** Puts the file in its place that the next supervisor, or the next round, is to begin with. */
    void configureWell() throws IOException {
        configure(Move.RELOAD);
    }

    private String services(String mode) {
        return """
                [services.%s]
                command = ["python3", "%s", "%s", "%s"]
                listen = ["tcp://%s:%d", "tcp://%s:%d"]
                workers = %d
                ready-timeout = "60s"
                quiesce-timeout = "60s"
                drain-timeout = "60s"
                kill-grace = "60s"
                """.formatted(
                        SERVICE,
                        folder.resolve("worker.py"),
                        mode,
                        folder,
                        address.host(),
                        address.http(),
                        address.host(),
                        address.lines(),
                        WORKERS);
    }

    /** Fills the state's disk to the last byte. */
    void fillDisk() throws IOException {
        byte[] block = new byte[BLOCK];
        try (OutputStream filler = Files.newOutputStream(run.resolve("filler"))) {
            while (true) {
                filler.write(block); // Of the last one as much as there is room for.
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw full;
            }
        }
    }

    void emptyDisk() throws IOException {
        Files.deleteIfExists(run.resolve("filler"));
    }

    /**
     * Tells the supervisor to end, and says what it has left behind.
     *
     * @return each thing that is not as it should be, in words
     */
    List<String> end() throws IOException, InterruptedException {
        supervised.signal("TERM");
        int code = supervised.awaitEnd();
        List<String> wrong = new ArrayList<>();
        if (code != 0) {
            wrong.add("the supervisor ended with " + code + " when it was told to stop");
        }
        for (long pid : processes.all()) {
            wrong.add("pid " + pid + " is left after the end: " + Processes.words(pid));
        }
        TreeSet<String> left = new TreeSet<>(names(folder));
        EXPECTED.forEach(left::remove);
        left.removeIf(name -> name.startsWith("exited-g"));
        names(run).stream()
                .filter(name -> !name.startsWith("control.sock.state") && !name.startsWith("control.sock.events"))
                .forEach(name -> left.add("run/" + name));
        for (String folderOfRun : List.of("control.sock.notify", "control.sock.out")) {
            if (Files.isDirectory(run.resolve(folderOfRun))) {
                names(run.resolve(folderOfRun)).forEach(name -> left.add("run/" + folderOfRun + "/" + name));
            }
        }
        if (!left.isEmpty()) {
            wrong.add("left in its folder: " + left);
        }
        return wrong;
    }

    private static List<String> names(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The JVM is on its way down: the hook does it.
        }
        clear();
        Files.createDirectories(folder);
        supervised.close();
    }

    /** Ends all that is left by KILL, and takes the folder away. */
    private synchronized void clear() {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            for (long pid : processes.all()) {
                Processes.signal("KILL", pid);
            }
            if (ownsDisk) {
                Processes.run("umount", "--lazy", run.toString());
            }
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("chaos: " + folder + " could not be cleared: " + e.getMessage());
        }
    }
}
