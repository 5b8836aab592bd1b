package dev.handover.supervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.process.RunningWorkers;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class WorkerServerTest {
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(1), 1);
    /** Says all that it has to say, and ends as soon as it has been answered; its child keeps the connection. */
    private static final String IN_A_HURRY = """
            import os, socket, sys
            link = socket.socket(socket.AF_UNIX)
            link.connect(sys.argv[1])
            link.sendall(b"HELLO=1\\nREADY=1\\nCONNECTIONS=0\\nDRAINING=1\\nDONE=1\\n")
            assert link.recv(8) == b"HELLO=1\\n"
            if os.fork() == 0:
                sys.stdin.read()
            """;

    private static final String TALKATIVE = """
            import socket, sys
            links = [socket.socket(socket.AF_UNIX) for _ in range(int(sys.argv[2]))]
            for link in links:
                link.connect(sys.argv[1])
                link.sendall(b"HELLO=1\\n")
            for said in range(1600):
                links[said % len(links)].sendall(b"STATUS=%d\\n" % said)
            """;

    /** Each is answered, and no answer read. */
    private static final String DEAF = """
            import socket, sys
            link = socket.socket(socket.AF_UNIX)
            link.connect(sys.argv[1])
            link.sendall(b"HELLO=1\\n")
            try:
                while True:
                    link.sendall(b"NOTHING=1\\n")
            except OSError:
                pass
            """;

    @TempDir
    Path folder;

    private final Queue<Event> heard = new ConcurrentLinkedQueue<>();
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private final CountDownLatch busy = new CountDownLatch(1);

    private static Memory remembered(long pid) {
        ServiceSpec spec = SpecDraft.service(WORKER.service().value()).spec();
        return new Memory(
                new TreeMap<>(Map.of(WORKER.service(), WORKER.generation())),
                List.of(new Memory.Remembered(
                        spec, WORKER.generation(), GenerationState.SERVING, Map.of(1, new ProcessId(pid, 1)), false)),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>());
    }

    private void hear(Event event) {
        try {
            busy.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        heard.add(event);
    }

    @Test
    void whatAProcessSaidBeforeItEndedIsHeardThoughItsChildHoldsTheConnection() throws Exception {
        Path socket = folder.resolve("workers");
        Process process = new ProcessBuilder(
                        "sh", "-c", "read go; exec python3 -c \"$1\" \"$2\"", "sh", IN_A_HURRY, socket.toString())
                .start();
        RunningWorkers running = new RunningWorkers(remembered(process.pid()));
        try (WorkerServer server = new WorkerServer(socket, running, this::hear, () -> this::hear, warnings::add)) {
            process.getOutputStream().write("go\n".getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            assertThat(process.waitFor()).isZero();
            CompletableFuture<Void> all = server.hearOut(process.pid());
            assertThat(all).isNotDone();
            busy.countDown();
            all.get();
            long pid = process.pid();
            assertThat(heard)
                    .containsExactly(
                            new Event.Joined(WORKER, pid),
                            new Event.SaidReady(WORKER, pid),
                            new Event.SaidConnections(WORKER, pid, 0),
                            new Event.SaidDraining(WORKER, pid),
                            new Event.SaidDone(WORKER, pid));
            assertThat(warnings).isEmpty();
        } finally {
            process.getOutputStream().close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void oneWhoSaysMuchIsReadAtALimitedRateAndNothingOfItIsLost(int connections) throws Exception {
        Path socket = folder.resolve("workers");
        busy.countDown();
        String shell = "read go; exec python3 -c \"$1\" \"$2\" " + connections;
        Process process = new ProcessBuilder("sh", "-c", shell, "sh", TALKATIVE, socket.toString()).start();
        RunningWorkers running = new RunningWorkers(remembered(process.pid()));
        try (WorkerServer server = new WorkerServer(socket, running, this::hear, () -> this::hear, warnings::add)) {
            long began = System.nanoTime();
            process.getOutputStream().write("go\n".getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            await().until(() -> heard.size() == 1600 + connections);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("1,000 at once and 600 at 1,000 a second")
                    .isGreaterThan(Duration.ofMillis(590));
            server.hearOut(process.pid()).get();
            assertThat(heard).contains(new Event.SaidStatus(WORKER, process.pid(), "1599"));
            assertThat(warnings).isEmpty();
        } finally {
            process.getOutputStream().close();
        }
    }

    @Test
    void oneWhoDoesNotReadIsNotWaitedFor() throws Exception {
        Path socket = folder.resolve("workers");
        busy.countDown();
        Process process = new ProcessBuilder(
                        "sh", "-c", "read go; exec python3 -c \"$1\" \"$2\"", "sh", DEAF, socket.toString())
                .start();
        RunningWorkers running = new RunningWorkers(remembered(process.pid()));
        try (WorkerServer server = new WorkerServer(socket, running, this::hear, () -> this::hear, warnings::add)) {
            assertThat(server).isNotNull();
            process.getOutputStream().write("go\n".getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            await().until(() -> warnings.stream().anyMatch(line -> line.contains(" was lost: ")));
            assertThat(warnings).anyMatch(line -> line.endsWith(" does not read"));
        } finally {
            process.destroyForcibly();
        }
    }
}
