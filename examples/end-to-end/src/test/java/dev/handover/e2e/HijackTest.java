package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What SO_REUSEPORT lets any process of the same user do: open a socket on the service's port and take its clients. */
@Isolated("puts the machine under load")
@Tag("chaos")
class HijackTest {
    private static final String STRANGER = """
            import os, socket, sys
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            s.bind(("127.0.0.1", int(sys.argv[1])))
            s.listen(4096)
            print("listens", flush=True)
            while True:
                client, _ = s.accept()
                client.sendall(b"Hello from the stranger %d\\n" % os.getpid())
                client.close()
                print("took a client", flush=True)
            """;

    @TempDir
    Path folder;

    private Process stranger(int port) throws IOException {
        Process process = new ProcessBuilder("python3", "-c", STRANGER, Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(said().toFile())
                .start();
        await().atMost(Duration.ofMinutes(2))
                .until(() -> Files.readString(said()).startsWith("listens\n"));
        return process;
    }

    private Path said() {
        return folder.resolve("said");
    }

    /** Ends it; returns how many clients it says that it took. */
    private long end(Process stranger) throws IOException, InterruptedException {
        stranger.destroyForcibly().waitFor();
        return Files.readAllLines(said()).stream()
                .filter("took a client"::equals)
                .count();
    }

    private static Report reloadUnderLoad(int port, Supervised supervised) throws Exception {
        LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.BANNER, 500, Duration.ofSeconds(2));
        return ChaosRun.run(Chaos.options(load, 1, supervised));
    }

    @Test
    void aStrangerGetsNotOneConnectionAndIsNamed() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(Example.HELLO.service("127.0.0.1", port, 2))) {
            Process stranger = stranger(port);
            long taken;
            try {
                assertThat(supervised.ctl("status").out())
                        .contains("stranger: pid " + stranger.pid() + ", ")
                        .contains("python3 -c");
                Chaos.isLossless(Chaos.shown("with a stranger", reloadUnderLoad(port, supervised), supervised));
            } finally {
                taken = end(stranger);
            }
            assertThat(taken).as("clients that the stranger took").isZero();
            assertThat(supervised.log())
                    .contains("a stranger listens on tcp://127.0.0.1:" + port, "pid " + stranger.pid());
        }
    }

    /** Shows that the stranger above would have taken clients. */
    @Test
    void withoutThePinAStrangerTakesItsShare() throws Exception {
        int port = Supervised.freePort();
        String service = Example.HELLO.service("127.0.0.1", port, 2) + "handover = \"plain\"\n";
        try (Supervised supervised = Supervised.start(service)) {
            Process stranger = stranger(port);
            try {
                Chaos.shown("with a stranger, plain", reloadUnderLoad(port, supervised), supervised);
            } finally {
                assertThat(end(stranger)).isPositive();
            }
        }
    }
}
