package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.chaos.link.Link;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** net.ipv4.tcp_migrate_req, set in a network namespace of the test's own. */
@Timeout(300)
class MigrationTest {
    private static final int CLIENTS = 24;
    private static final int PORT = 8080;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Says what each client heard, once it heard it. */
    private static final String CALL = """
            import selectors, socket, sys
            waiting = selectors.DefaultSelector()
            for _ in range(int(sys.argv[3])):
                waiting.register(socket.create_connection((sys.argv[1], int(sys.argv[2]))), selectors.EVENT_READ)
            while waiting.get_map():
                for key, _ in waiting.select():
                    waiting.unregister(key.fileobj)
                    try:
                        print(key.fileobj.recv(100).decode().strip() or "closed", flush=True)
                    except OSError as error:
                        print(error, flush=True)
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWaitsAtAKilledWorkerIsServedByItsSiblingIfTheKernelMigratesAndElseCountedAsLost(boolean migrates)
            throws Exception {
        try (Link link = Chaos.link()) {
            Chaos.migrate(link, migrates);
            String service = Example.HELLO.service(Link.SERVER_ADDRESS, PORT, 2);
            try (Supervised supervised = Supervised.start(service, link::inServer)) {
                long victim = supervised.workerPids().get(0);
                long sibling = supervised.workerPids().get(1);
                signal("STOP", victim);
                await().atMost(PATIENCE)
                        .until(() -> Files.readString(Path.of("/proc/" + victim + "/stat"))
                                .contains(") T "));
                Process clients = call(link);
                try {
                    await().atMost(PATIENCE).until(() -> heard().size() + queued(victim) == CLIENTS);
                    int queued = CLIENTS - heard().size();
                    assertThat(queued)
                            .as("waiting at the worker that is stopped")
                            .isGreaterThan(1);
                    signal("KILL", victim);
                    assertThat(clients.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                            .as("all clients have heard something of %s", heard())
                            .isTrue();
                    assertThat(heard())
                            .as(supervised.log())
                            .hasSize(CLIENTS)
                            .filteredOn(("Hello from Python process " + sibling)::equals)
                            .hasSize(migrates ? CLIENTS : CLIENTS - queued);
                    String told = "died with " + queued + " connections that it had not accepted: "
                            + (migrates ? "0 lost" : "lost");
                    await().atMost(PATIENCE)
                            .untilAsserted(() -> assertThat(supervised.log()).contains(told));
                } finally {
                    clients.destroyForcibly().waitFor();
                }
            }
        }
    }

    private Process call(Link link) throws IOException {
        List<String> words = link.inClient(
                List.of("python3", "-c", CALL, Link.SERVER_ADDRESS, Integer.toString(PORT), Integer.toString(CLIENTS)));
        return new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(folder.resolve("heard").toFile())
                .start();
    }

    private List<String> heard() throws IOException {
        return Files.readAllLines(folder.resolve("heard"));
    }

    /** What waits in the listeners on the port, in the network namespace of the process. */
    private static int queued(long pid) throws IOException {
        String port = String.format(Locale.ROOT, ":%04X", PORT);
        return Files.readAllLines(Path.of("/proc/" + pid + "/net/tcp")).stream()
                .map(line -> line.strip().split(" +"))
                .filter(words -> words[1].endsWith(port) && words[3].equals("0A"))
                .mapToInt(words -> Integer.parseInt(words[4].split(":")[1], 16))
                .sum();
    }

    private static void signal(String signal, long pid) throws Exception {
        Ran kill = Ran.run(PATIENCE, List.of("kill", "-" + signal, Long.toString(pid)));
        assertThat(kill.exitCode()).as(kill.err()).isZero();
    }
}
