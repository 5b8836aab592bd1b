package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that knows nothing of us, and dies at once when it is told to, in the middle of its clients' connections. */
@Timeout(300)
class IdleDrainTest {
    /** Echoes lines, each client's in a process of its own, which the signal ends too. */
    private static final String ECHO = """
            import os, signal, socket, sys
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            s.bind(("127.0.0.1", int(sys.argv[1])))
            s.listen(64)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            signal.signal(signal.SIGINT, lambda *_: os.killpg(0, signal.SIGKILL))
            while True:
                client, _ = s.accept()
                if os.fork() == 0:
                    s.close()
                    while line := client.recv(4096):
                        client.sendall(line)
                    os._exit(0)
                client.close()
            """;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path programs;

    private String service(int port, String drainTimeout) throws IOException {
        Path program = Files.writeString(programs.resolve("echo.py"), ECHO);
        return "[services.echo]\ncommand = [\"python3\", \"" + program + "\", \"" + port
                + "\"]\nlisten = [\"tcp://127.0.0.1:"
                + port + "\"]\nready = \"listening\"\ndrain = \"idle\"\nstop-signal = \"SIGINT\"\ndrain-timeout = \""
                + drainTimeout + "\"\n";
    }

    /** A client in the middle of a conversation. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader replies;

        Client(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        String say(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return replies.readLine();
        }

        void leave() throws IOException {
            socket.shutdownOutput();
            assertThat(replies.readLine()).as("what comes after the last reply").isNull();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void itLivesUntilTheLastOfItsConnectionsIsGone() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(service(port, "5m"));
                Client first = new Client(port);
                Client second = new Client(port)) {
            assertThat(first.say("one")).isEqualTo("one");
            assertThat(second.say("one")).isEqualTo("one");
            Process reload = new ProcessBuilder(supervised.ctlWords("reload"))
                    .redirectErrorStream(true)
                    .start();
            await().atMost(PATIENCE)
                    .until(() -> supervised.ask("status").toString().contains("\"connections\":2"));
            first.leave();
            assertThat(second.say("two")).isEqualTo("two");
            assertThat(reload.isAlive()).isTrue();
            try (Client third = new Client(port)) {
                assertThat(third.say("new")).isEqualTo("new");
            }
            second.leave();

            String told = new String(reload.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(reload.waitFor()).as(told).isZero();
            assertThat(told).contains("lossless, steered", "finished 1, closed while idle 1, cut 0, not seen 0");
        }
    }

    @Test
    void atItsDeadlineItIsEndedAllTheSameAndWhatThatCutIsTold() throws Exception {
        int port = Supervised.freePort();
        try (Supervised supervised = Supervised.start(service(port, "4s"));
                Client client = new Client(port)) {
            assertThat(client.say("one")).isEqualTo("one");

            Ran ended = supervised.ctl("reload");

            assertThat(ended.exitCode()).as(ended.out() + ended.err()).isZero();
            assertThat(supervised.log())
                    .contains("did not drain within its deadline, with 1 connection open; sending SIGINT");
            assertThat(ended.out()).doesNotContain("lossless").contains("did not drain within its deadline");
        }
    }
}
