package dev.handover.worker.adopt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.worker.Adopter;
import dev.handover.worker.ListenAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a supervisor in Python, which holds a listener that nobody accepts from. */
@Timeout(60)
class NativeAdopterTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    /** SOCKET HOST: says the listener's port, hears the worker, and does what it is told: pass the listener, end it. */
    private static final String SUPERVISOR = """
            import socket, sys
            family = socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET
            listener = socket.create_server((sys.argv[2], 0), family=family, reuse_port=True)
            listener.setblocking(False)
            server = socket.socket(socket.AF_UNIX)
            server.bind(sys.argv[1])
            server.listen()
            port = listener.getsockname()[1]
            print(port, flush=True)
            worker, _ = server.accept()
            said = b""
            while said.count(b"\\n") < 2:
                said += worker.recv(4096)
            print(said.decode().replace("\\n", " "), flush=True)
            worker.sendall(b"HELLO=1\\nCOLOUR=red\\n")
            print(worker.recv(4096).decode().strip(), flush=True)
            for command in sys.stdin:
                if command == "pass\\n":
                    host = "[" + sys.argv[2] + "]" if ":" in sys.argv[2] else sys.argv[2]
                    socket.send_fds(worker, [b"ADOPT=tcp://%s:%d\\n" % (host.encode(), port)], [listener.fileno()])
                elif command == "end\\n":
                    listener.shutdown(socket.SHUT_RDWR)
            """;

    @TempDir
    Path folder;

    private Process supervisor;
    private BufferedReader said;
    private final List<ListenAddress> addresses = new ArrayList<>();

    @BeforeEach
    void python() {
        assumeTrue(Files.isExecutable(PYTHON), "there is no " + PYTHON);
    }

    @AfterEach
    void endSupervisor() throws InterruptedException {
        if (supervisor != null) {
            supervisor.destroyForcibly().waitFor();
        }
    }

    private int start(String host) throws IOException {
        supervisor = new ProcessBuilder(PYTHON.toString(), "-c", SUPERVISOR, socket().toString(), host)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        said = supervisor.inputReader(UTF_8);
        return Integer.parseInt(said());
    }

    private Path socket() {
        return folder.resolve("worker.sock");
    }

    private String said() throws IOException {
        return Objects.requireNonNull(said.readLine(), "the supervisor ended").strip();
    }

    private void tell(String command) throws IOException {
        supervisor.outputWriter(UTF_8).append(command).append('\n').flush();
    }

    private boolean answer(ListenAddress address, SocketChannel client) {
        try (client) {
            addresses.add(address);
            client.write(ByteBuffer.wrap("adopted".getBytes(UTF_8)));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean someoneServes() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("handover-adopted "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void whoWaitsInAPassedListenerIsServedUntilTheSupervisorEndsIt(String host) throws Exception {
        int port = start(host);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(new Socket(host, port));
        }
        new NativeAdopter().start(socket(), this::answer);
        assertThat(said()).isEqualTo("HELLO=1 ADOPTS=1");
        assertThat(said()).isEqualTo("ERROR=COLOUR: unknown key");
        tell("pass");
        clients.add(new Socket(host, port));
        for (Socket client : clients) {
            assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("adopted");
            client.close();
        }
        assertThat(addresses).hasSize(21).allMatch(one -> one.port() == port);
        assertThat(someoneServes()).isTrue();
        tell("end");
        await().atMost(Duration.ofSeconds(20)).until(() -> !someoneServes());
    }

    @Test
    void workerThatCannotServeAnyMoreLetsGoOfTheListener() throws Exception {
        int port = start("127.0.0.1");
        new NativeAdopter().start(socket(), (address, client) -> false);
        try (Socket client = new Socket("127.0.0.1", port)) {
            tell("pass");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> !someoneServes());
    }

    @Test
    void isFoundByTheWorkerLibrary() {
        assertThat(ServiceLoader.load(Adopter.class)).hasExactlyElementsOfTypes(NativeAdopter.class);
    }
}
