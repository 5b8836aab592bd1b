package dev.handover.harness;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A supervisor in a folder of its own, started and asked the way users do it; gone without a trace when closed. */
public final class Supervised implements AutoCloseable {
    private static final Duration TO_SERVE = Duration.ofMinutes(3);
    private static final Duration TO_ANSWER = Duration.ofMinutes(2);
    private static final Duration TO_END = Duration.ofMinutes(2);
    private static final Duration TO_END_WHEN_TOLD = Duration.ofMinutes(1);
    private static final Duration TO_SIGNAL = Duration.ofMinutes(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final int LOWEST_PORT = 10_000;
    /** The first of net.ipv4.ip_local_port_range, unless somebody has set it. */
    private static final int LOWEST_OF_THE_KERNELS = 32_768;

    private final Path folder;
    private final Path control;
    private final List<String> command;
    private final Path log;
    private final Thread hook = new Thread(this::endQuietly, "supervisor's end");
    private volatile Process daemon;

    private Supervised(Path folder, Path control, List<String> command) throws IOException {
        this.folder = folder;
        this.control = control;
        this.command = command;
        this.log = folder.resolve("log");
        this.daemon = start(command, log);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts one, and waits until every service of it serves. */
    public static Supervised start(String services) throws IOException, InterruptedException {
        return start(services, UnaryOperator.identity());
    }

    /** @param place how its command is run, such as in a network namespace */
    public static Supervised start(String services, UnaryOperator<List<String>> place)
            throws IOException, InterruptedException {
        Supervised supervised = launch(services, place);
        try {
            supervised.awaitRunning();
            return supervised;
        } catch (Throwable failed) {
            supervised.close(); // else it would start its workers again and again, beside all that is to come
            throw failed;
        }
    }

    /** Starts one whose services may not come up. */
    public static Supervised launch(String services) throws IOException {
        return launch(services, UnaryOperator.identity());
    }

    /** @param place how its command is run, such as in a network namespace */
    public static Supervised launch(String services, UnaryOperator<List<String>> place) throws IOException {
        Path folder = Files.createTempDirectory("handover-harness");
        return launch(folder, folder.resolve("control.sock"), services, place);
    }

    /**
     * Starts one whose services may not come up.
     *
     * @param folder where its configuration and its log are to be; it is deleted in the end, whatever else is there
     * @param control its control socket, with the state file beside it
     * @param place how its command is run, such as in a network namespace
     */
    public static Supervised launch(Path folder, Path control, String services, UnaryOperator<List<String>> place)
            throws IOException {
        Path configuration = folder.resolve("handover.toml");
        write(configuration, control, services);
        return new Supervised(
                folder,
                control,
                place.apply(List.of(Checkout.supervisord().toString(), "--config", configuration.toString())));
    }

    private static Process start(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static void write(Path configuration, Path control, String services) throws IOException {
        Files.writeString(configuration, "[supervisor]\ncontrol = \"" + control + "\"\n\n" + services);
    }

    /** Replaces the services' part of the configuration; a reload brings it into force. */
    public void configure(String services) throws IOException {
        write(folder.resolve("handover.toml"), control, services);
    }

    /** @throws IOException if it ends, or if not all of its services serve in time */
    public void awaitRunning() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TO_SERVE.toNanos();
        while (!isRunning()) {
            if (!daemon.isAlive() || System.nanoTime() >= deadline) {
                throw new IOException((daemon.isAlive() ? "not all services came up within " + TO_SERVE : "it ended")
                        + "; " + ctl("status") + "\nIts log:\n" + log());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN.toMillis());
        }
    }

    private boolean isRunning() {
        try {
            for (JsonElement service : ask("status").getAsJsonArray("services")) {
                if (!service.getAsJsonObject().get("state").getAsString().equals("running")) {
                    return false;
                }
            }
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Where its configuration and its log are, and its control socket unless another place was given. */
    public Path folder() {
        return folder;
    }

    /** Its control socket. */
    public Path control() {
        return control;
    }

    public String log() throws IOException {
        return Files.readString(log);
    }

    /** Of the process that was started; where a command stands before it, that one's. */
    public long pid() {
        return daemon.pid();
    }

    public boolean isAlive() {
        return daemon.isAlive();
    }

    public Ran ctl(String... words) throws IOException, InterruptedException {
        return Ran.run(TO_ANSWER, ctlWords(words));
    }

    public List<String> ctlWords(String... words) {
        List<String> all =
                new ArrayList<>(List.of(Checkout.supervisorctl().toString(), "--socket", control.toString()));
        all.addAll(List.of(words));
        return all;
    }

    /**
     * Asks without a {@code supervisorctl}, which would take a JVM's start each time.
     *
     * @throws IOException if nobody answers, or with an error
     */
    public JsonObject ask(String method) throws IOException {
        try (Control connection = Control.connect(control)) {
            return connection.ask(method);
        }
    }

    /** The command of a reload that waits for its end, for a shell. */
    public String reloadCommand() {
        return String.join(" ", ctlWords("reload"));
    }

    /** The command of reloads that each bring the next of these into force, and the first again after the last. */
    public String reloadCommand(List<String> services) throws IOException {
        for (int number = 0; number < services.size(); number++) {
            write(folder.resolve(number + ".toml"), control, services.get(number));
        }
        Files.writeString(folder.resolve("next"), "0");
        return "cd " + folder + " && n=$(cat next) && cp $n.toml handover.toml && echo $(((n + 1) % " + services.size()
                + ")) > next && " + reloadCommand();
    }

    /** The command that kills the first worker that status shows. */
    public String killCommand() {
        return "kill -KILL $(" + String.join(" ", ctlWords("--json", "status"))
                + " | grep -o '\"state\":\"[a-z-]*\",\"pid\":[0-9]*' | head -1 | grep -o '[0-9]*$')";
    }

    /** Pids of the workers that run now. */
    public List<Long> workerPids() throws IOException {
        List<Long> found = new ArrayList<>();
        for (JsonElement service : ask("status").getAsJsonArray("services")) {
            for (JsonElement generation : service.getAsJsonObject().getAsJsonArray("generations")) {
                for (JsonElement worker : generation.getAsJsonObject().getAsJsonArray("workers")) {
                    if (worker.getAsJsonObject().has("pid")) {
                        found.add(worker.getAsJsonObject().get("pid").getAsLong());
                    }
                }
            }
        }
        return found;
    }

    /** kill -9, as the kernel's out-of-memory killer does it. */
    public void killSupervisor() throws InterruptedException {
        daemon.destroyForcibly().waitFor();
    }

    /** Starts a supervisor again, after one that was killed. */
    public void startAgain() throws IOException {
        daemon = start(command, log);
    }

    public void signal(String signal) throws IOException, InterruptedException {
        Ran.run(TO_SIGNAL, List.of("kill", "-" + signal, Long.toString(daemon.pid())))
                .succeeded();
    }

    /** Its exit code. */
    public int awaitEnd() throws IOException, InterruptedException {
        if (!daemon.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("the supervisor did not end within " + TO_END + ":\n" + log());
        }
        return daemon.exitValue();
    }

    /** A port that nobody listens on now, and that the kernel gives to nobody who asks for any. */
    public static int freePort() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, LOWEST_OF_THE_KERNELS);
            try (ServerSocket socket = new ServerSocket(port, 1)) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // Another one may be free.
            }
        }
    }

    /** @throws IOException if it did not end when told to, and was killed */
    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(hook);
        boolean ended = end();
        String said = ended ? "" : log();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        if (!ended) {
            throw new IOException("the supervisor did not end when told to, and was killed:\n" + said);
        }
    }

    /** TERM drains; said again it does not wait; and then KILL, workers included. Says whether TERM was enough. */
    private boolean end() {
        List<ProcessHandle> all = daemon.descendants().toList();
        try {
            for (int told = 0; told < 2; told++) {
                daemon.destroy();
                if (daemon.waitFor(TO_END_WHEN_TOLD.toMillis(), TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        daemon.destroyForcibly().onExit().join();
        return false;
    }

    private void endQuietly() {
        if (!end()) {
            System.err.println("the supervisor of " + folder + " did not end when told to: killed");
        }
    }
}
