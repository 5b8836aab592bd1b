package dev.handover.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The protocol in another language: examples/python/worker.py against the same supervisor as our own worker. */
@Timeout(300)
class PythonWorkerTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path PROGRAM = Path.of("..", "examples", "python", "worker.py");

    @TempDir
    Path folder;

    @BeforeEach
    void python() {
        assumeTrue(Files.isExecutable(PYTHON), "there is no " + PYTHON);
    }

    private static WorkerProcess start(FakeSupervisor supervisor) throws IOException {
        return WorkerProcess.start(supervisor, Map.of(), List.of(PYTHON.toString(), PROGRAM.toString()));
    }

    private static void assertGreeted(WorkerProcess worker, Socket client) throws IOException {
        assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
                .isEqualTo("Hello from Python process " + worker.pid() + "\n");
    }

    @Test
    void itIsAtMost60Lines() throws IOException {
        assertThat(Files.readAllLines(PROGRAM)).hasSizeLessThanOrEqualTo(60);
    }

    @Test
    void itServesAnswersAndDrains() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor)) {
            supervisor.greet().say("COLOUR=red");
            assertThat(supervisor.hear()).isEqualTo("ADOPTS=1");
            assertThat(supervisor.hear()).isEqualTo("READY=1");
            assertThat(supervisor.hear()).isEqualTo("ERROR=COLOUR: unknown key");
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                clients.add(worker.connect());
            }
            supervisor.say("DRAIN=5000");
            assertThat(supervisor.hearUpTo("END")).containsExactly("DRAINING=1", "DONE=1", "END");
            for (Socket client : clients) {
                try (client) {
                    assertGreeted(worker, client);
                }
            }
            assertThat(worker.exitStatus()).isZero();
            Assertions.assertThatExceptionOfType(ConnectException.class).isThrownBy(worker::connect);
        }
    }

    @Test
    void itServesOnWithoutItsSupervisorAndComesBack() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor)) {
            supervisor.greet();
            supervisor.hearUpTo("READY=1");
            supervisor.die();
            try (Socket client = worker.connect()) {
                assertGreeted(worker, client);
            }
            supervisor.listen();
            supervisor.greet().say("DRAIN=0");
            assertThat(supervisor.hearUpTo("END"))
                    .containsExactly("ADOPTS=1", "READY=1", "DRAINING=1", "DONE=1", "END");
        }
    }
}
