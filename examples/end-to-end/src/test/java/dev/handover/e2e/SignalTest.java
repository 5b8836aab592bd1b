package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code supervisorctl signal}, as a user types it. */
@Timeout(180)
class SignalTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void workersGetTheSignalAndTheAnswerSaysWhich() throws Exception {
        int port = Supervised.freePort();
        Path program = Files.writeString(folder.resolve("web.py"), """
                import os, signal, socket
                listener = socket.socket()
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                listener.bind(("127.0.0.1", %d))
                def told(*signal):
                    with open("%s", "a") as file:
                        file.write(f"{os.getpid()}\\n")
                signal.signal(signal.SIGHUP, told)
                listener.listen()
                while True:
                    signal.pause()
                """.formatted(port, folder.resolve("told")));
        String services = """
                [services.web]
                command = ["python3", "%s"]
                listen = ["tcp://127.0.0.1:%d"]
                workers = 2
                ready = "listening"
                drain = "SIGQUIT"
                """.formatted(program, port);
        try (Supervised supervised = Supervised.start(services)) {
            List<Long> pids = supervised.workerPids();

            Ran both = supervised.ctl("signal", "web", "HUP").succeeded();
            assertThat(both.out())
                    .isEqualTo("web: SIGHUP to worker 1 of generation 1 (pid " + pids.get(0) + ")\n"
                            + "web: SIGHUP to worker 2 of generation 1 (pid " + pids.get(1) + ")\n");
            awaitTold(2);
            assertThat(supervised
                            .ctl("signal", "--worker", "2", "web", "sighup")
                            .succeeded()
                            .out())
                    .hasLineCount(1)
                    .contains("worker 2");
            awaitTold(3);
            assertThat(Files.readAllLines(folder.resolve("told")).get(2)).isEqualTo(String.valueOf(pids.get(1)));

            Ran ends = supervised.ctl("signal", "web", "KILL");
            assertThat(ends.exitCode()).isEqualTo(2);
            assertThat(ends.err())
                    .contains("SIGKILL is not sent: ", "nothing was sent")
                    .hasLineCount(1);
            Ran drains = supervised.ctl("signal", "web", "QUIT");
            assertThat(drains.exitCode()).isEqualTo(1);
            assertThat(drains.err())
                    .contains("web generation 1 drains by SIGQUIT")
                    .hasLineCount(1);
            assertThat(supervised.workerPids()).isEqualTo(pids);
        }
    }

    private void awaitTold(int times) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(Files.readAllLines(folder.resolve("told"))).hasSize(times));
    }
}
