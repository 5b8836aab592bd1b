package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A supervisor in a folder of its own, started and asked the way users do it; gone without a trace when closed. */
final class Supervised implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path folder;
    private final List<String> command;
    private final Path log;
    private Process daemon;

    private Supervised(Path folder, List<String> command, Path log, Process daemon) {
        this.folder = folder;
        this.command = command;
        this.log = log;
        this.daemon = daemon;
    }

    /** Starts one, and waits until every service of it has served. */
    static Supervised start(String services) throws IOException {
        return start(services, UnaryOperator.identity());
    }

    /** @param place how its command is run, such as in a network namespace */
    static Supervised start(String services, UnaryOperator<List<String>> place) throws IOException {
        Supervised supervised = launch(services, place);
        try {
            supervised.awaitRunning();
            return supervised;
        } catch (Throwable failed) {
            supervised.close(); // else it would start its workers again and again, beside all tests to come
            throw failed;
        }
    }

    /** Starts one whose services may not come up. */
    static Supervised launch(String services) throws IOException {
        return launch(services, UnaryOperator.identity());
    }

    private static Supervised launch(String services, UnaryOperator<List<String>> place) throws IOException {
        Path folder = Files.createTempDirectory("handover-e2e");
        Path configuration = folder.resolve("handover.toml");
        Path log = folder.resolve("log");
        write(configuration, folder, services);
        List<String> command =
                place.apply(List.of(Checkout.supervisord().toString(), "--config", configuration.toString()));
        return new Supervised(folder, command, log, start(command, log));
    }

    private static Process start(List<String> command, Path log) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static void write(Path configuration, Path folder, String services) throws IOException {
        Files.writeString(
                configuration, "[supervisor]\ncontrol = \"" + folder.resolve("control.sock") + "\"\n\n" + services);
    }

    /** Replaces the services' part of the configuration; a reload brings it into force. */
    void configure(String services) throws IOException {
        write(folder.resolve("handover.toml"), folder, services);
    }

    void awaitRunning() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
            Ran status = ctl("status");
            assertThat(status.exitCode())
                    .as("%s%s%n%s", status.out(), status.err(), log())
                    .isZero();
        });
    }

    Path folder() {
        return folder;
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    long pid() {
        return daemon.pid();
    }

    Ran ctl(String... words) throws IOException, InterruptedException {
        return Ran.run(Duration.ofMinutes(2), Map.of(), ctlWords(words));
    }

    /** The command of a reload that waits for its end, for a shell. */
    String reloadCommand() {
        return String.join(" ", ctlWords("reload"));
    }

    /** The command of reloads that each bring the next of these into force, and the first again after the last. */
    String reloadCommand(List<String> services) throws IOException {
        for (int number = 0; number < services.size(); number++) {
            write(folder.resolve(number + ".toml"), folder, services.get(number));
        }
        Files.writeString(folder.resolve("next"), "0");
        return "cd " + folder + " && n=$(cat next) && cp $n.toml handover.toml && echo $(((n + 1) % " + services.size()
                + ")) > next && " + reloadCommand();
    }

    /** The command that kills the first worker that status shows. */
    String killCommand() {
        return "kill -KILL $(" + String.join(" ", ctlWords("--json", "status"))
                + " | grep -o '\"state\":\"[a-z-]*\",\"pid\":[0-9]*' | head -1 | grep -o '[0-9]*$')";
    }

    /** Pids of the workers that run now. */
    List<Long> workerPids() throws IOException, InterruptedException {
        Matcher pids = Pattern.compile("\"state\":\"[a-z-]+\",\"pid\":([0-9]+)")
                .matcher(ctl("--json", "status").out());
        List<Long> found = new ArrayList<>();
        while (pids.find()) {
            found.add(Long.valueOf(pids.group(1)));
        }
        return found;
    }

    List<String> ctlWords(String... words) {
        List<String> all = new ArrayList<>(List.of(
                Checkout.supervisorctl().toString(),
                "--socket",
                folder.resolve("control.sock").toString()));
        all.addAll(List.of(words));
        return all;
    }

    /** kill -9, as the kernel's out-of-memory killer does it. */
    void killSupervisor() throws InterruptedException {
        daemon.destroyForcibly().waitFor();
    }

    /** Starts a supervisor again, after one that was killed. */
    void startAgain() throws IOException {
        daemon = start(command, log);
    }

    void signal(String signal) throws IOException, InterruptedException {
        Ran kill = Ran.run(PATIENCE, Map.of(), List.of("kill", "-" + signal, Long.toString(daemon.pid())));
        assertThat(kill.exitCode()).as(kill.err()).isZero();
    }

    int awaitEnd() throws InterruptedException {
        assertThat(daemon.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .as("the supervisor ends")
                .isTrue();
        return daemon.exitValue();
    }

    /** A port that nobody listens on now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            end();
        } catch (InterruptedException interrupted) {
            daemon.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void end() throws IOException, InterruptedException {
        daemon.destroy();
        if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
            daemon.destroy(); // the second TERM: stop now
            if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
                daemon.destroyForcibly().waitFor();
                throw new AssertionError("the supervisor did not end when told to:\n" + log());
            }
        }
    }
}
