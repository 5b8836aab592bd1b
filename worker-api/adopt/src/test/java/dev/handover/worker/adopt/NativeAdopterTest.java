package dev.handover.worker.adopt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.worker.Adopter;
import dev.handover.worker.Adopter.Orphan;
import dev.handover.worker.Connection;
import dev.handover.worker.ListenAddress;
import dev.handover.worker.TcpListener;
import dev.handover.worker.Worker;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a supervisor in Python, which holds a listener that nobody accepts from. */
@Timeout(300)
class NativeAdopterTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int WAITING = 20;

    /** SOCKET HOST: says the listener's port and inode, then what it hears; does what it is told. */
    private static final String SUPERVISOR = """
            import os, socket, sys, threading
            family = socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET
            listener = socket.create_server((sys.argv[2], 0), family=family, reuse_port=True)
            server = socket.socket(socket.AF_UNIX)
            server.bind(sys.argv[1])
            server.listen()
            port = listener.getsockname()[1]
            print(port, os.fstat(listener.fileno()).st_ino, flush=True)
            workers, adopters = [], []
            def hear(worker):
                worker.sendall(b"HELLO=1\\n")
                lines = worker.makefile("rb")
                lines.readline()
                for line in lines:
                    (adopters if line == b"ADOPTS=1\\n" else workers).append(worker)
                    print(line.decode(), end="", flush=True)
            def serve():
                while True:
                    threading.Thread(target=hear, args=(server.accept()[0],), daemon=True).start()
            threading.Thread(target=serve, daemon=True).start()
            for command in sys.stdin:
                if command == "pass\\n":
                    host = "[" + sys.argv[2] + "]" if ":" in sys.argv[2] else sys.argv[2]
                    socket.send_fds(adopters[0], [b"ADOPT=tcp://%s:%d\\n" % (host.encode(), port)], [listener.fileno()])
                elif command == "end\\n":
                    listener.shutdown(socket.SHUT_RDWR)
                elif command == "drain\\n":
                    workers[-1].sendall(b"DRAIN=20000\\n")
                elif command == "accept\\n":
                    listener.accept()[0].sendall(b"still waiting here")
                else:
                    adopters[0].sendall(command.encode())
            """;

    @TempDir
    Path folder;

    private Process supervisor;
    private BufferedReader said;
    private int port;
    private String inode;
    private final List<Socket> clients = new ArrayList<>();
    private final BlockingQueue<Orphan> orphans = new LinkedBlockingQueue<>();

    @BeforeEach
    void python() {
        assumeTrue(Files.isExecutable(PYTHON), "there is no " + PYTHON);
    }

    @AfterEach
    void end() throws InterruptedException, IOException {
        for (Socket client : clients) {
            client.close();
        }
        for (Orphan orphan : orphans) {
            orphan.channel().close();
        }
        if (supervisor != null) {
            supervisor.destroyForcibly().waitFor();
        }
    }

    private void start(String host) throws IOException {
        supervisor = new ProcessBuilder(PYTHON.toString(), "-c", SUPERVISOR, socket().toString(), host)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        said = supervisor.inputReader(UTF_8);
        String[] first = said().split(" ");
        port = Integer.parseInt(first[0]);
        inode = first[1];
        for (int i = 0; i < WAITING; i++) {
            clients.add(new Socket(host, port));
        }
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

    private static String heard(Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), UTF_8);
    }

    private static boolean holds(long pid, String socketsInode) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return descriptors.anyMatch(one -> leadsTo(one, "socket:[" + socketsInode + "]"));
        }
    }

    private static boolean leadsTo(Path link, String target) {
        try {
            return Files.readSymbolicLink(link).toString().equals(target);
        } catch (IOException e) {
            return false; // It has gone.
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void whoWaitsInAPassedListenerCanBeAcceptedUntilTheSupervisorEndsIt(String host) throws Exception {
        start(host);
        new NativeAdopter().start(socket(), () -> true, orphans::add);
        assertThat(said()).isEqualTo("ADOPTS=1");
        tell("pass");
        Orphan orphan = orphans.take();
        clients.add(new Socket(host, port));
        for (Socket client : clients) {
            try (SocketChannel accepted = orphan.channel().accept()) {
                assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalSocketAddress());
            }
        }
        assertThat(orphan.address().port()).isEqualTo(port);
        assertThat(orphan.address().isIpv6()).isEqualTo(host.contains(":"));
        assertThat(orphan.isOver()).isFalse();
        tell("end");
        assertThatIOException().isThrownBy(() -> orphan.channel().accept());
        assertThat(orphan.isOver()).isTrue();
    }

    @Test
    void whoIsNotTakenStaysInTheQueueForOthers() throws Exception {
        start("127.0.0.1");
        new NativeAdopter().start(socket(), () -> true, orphan -> !orphans.add(orphan));
        assertThat(said()).isEqualTo("ADOPTS=1");
        tell("pass");
        Orphan refused = orphans.take();
        await().atMost(LONG).until(() -> !refused.channel().isOpen());
        for (Socket client : clients) {
            tell("accept");
            assertThat(heard(client)).isEqualTo("still waiting here");
        }
    }

    @Test
    void whatIsNotUnderstoodIsAnsweredAndTheConnectionStays() throws Exception {
        start("127.0.0.1");
        new NativeAdopter().start(socket(), () -> true, orphans::add);
        assertThat(said()).isEqualTo("ADOPTS=1");
        tell("COLOUR=red");
        assertThat(said()).isEqualTo("ERROR=COLOUR: unknown key");
        tell("ADOPT=tcp://127.0.0.1:" + port);
        assertThat(said()).isEqualTo("ERROR=ADOPT: expected with a descriptor");
        tell("pass");
        assertThat(orphans.take().address()).hasToString("tcp://127.0.0.1:" + port);
    }

    /** As a user writes it, without a word about adoption. */
    static final class Greeter {
        public static void main(String[] args) throws Exception {
            try (Worker worker = Worker.join();
                    TcpListener listener = worker.listen("tcp://127.0.0.1:7007")) {
                worker.ready();
                for (Connection client = listener.accept(); client != null; client = listener.accept()) {
                    client.channel().write(ByteBuffer.wrap("served".getBytes(UTF_8)));
                    client.close();
                }
                worker.awaitFinished();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void workersOwnListenerServesThemAndTheDescriptorGoesWhenTheSupervisorEndsIt(String host) throws Exception {
        start(host);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(
                        java, "-cp", System.getProperty("java.class.path"), Greeter.class.getName())
                .inheritIO();
        ListenAddress address = ListenAddress.parse("tcp://" + (host.contains(":") ? "[::1]" : host) + ":" + port);
        builder.environment().put("HANDOVER_SOCKET", socket().toString());
        builder.environment().put("HANDOVER_LISTEN", address.toString());
        Process worker = builder.start();
        try {
            while (!said().equals("ADOPTS=1")) {
                assertThat(worker.isAlive()).isTrue();
            }
            tell("pass");
            for (Socket client : clients) {
                assertThat(heard(client)).isEqualTo("served");
            }
            assertThat(holds(worker.pid(), inode)).isTrue();
            tell("end");
            await().atMost(LONG).until(() -> !holds(worker.pid(), inode));
            try (Socket client = new Socket(host, port)) {
                assertThat(heard(client)).isEqualTo("served");
            }
            tell("drain");
            assertThat(worker.waitFor()).isZero();
        } finally {
            worker.destroyForcibly();
        }
    }

    @Test
    void isFoundByTheWorkerLibrary() {
        assertThat(ServiceLoader.load(Adopter.class)).hasExactlyElementsOfTypes(NativeAdopter.class);
    }
}
