package dev.handover.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.handover.worker.example.BlockingServer;
import dev.handover.worker.example.SelectorServer;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class DrainTest {
    private static final int QUEUED = 100;

    @TempDir
    Path folder;

    /** The two ways to serve, as the package's Javadoc shows them. */
    enum Way {
        BLOCKING {
            @Override
            void serve(Worker worker, TcpListener listener) throws Exception {
                BlockingServer.serve(worker, listener);
            }
        },
        SELECTOR {
            @Override
            void serve(Worker worker, TcpListener listener) throws Exception {
                new SelectorServer().serve(worker, listener);
            }
        };

        abstract void serve(Worker worker, TcpListener listener) throws Exception;

        CompletableFuture<Void> start(Worker worker, TcpListener listener) {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try (worker) {
                    serve(worker, listener);
                    ended.complete(null);
                } catch (Exception e) {
                    ended.completeExceptionally(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
            return ended;
        }
    }

    private static String echoed(Socket client, String line) throws Exception {
        client.getOutputStream().write(line.getBytes(UTF_8));
        return new String(client.getInputStream().readNBytes(line.length()), UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void whoSitsInTheQueueWhenTheDrainComesIsServed(Way way) throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder)) {
            Worker worker = new Worker(supervisor.environment("tcp://127.0.0.1:0"));
            TcpListener listener = worker.listen("unused");
            InetSocketAddress address = listener.localAddress();
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < QUEUED; i++) {
                clients.add(new Socket(address.getAddress(), address.getPort()));
            }
            supervisor.greet().say("DRAIN=120000");
            CompletableFuture<Void> ended = way.start(worker, listener);

            supervisor.hearUpTo("DRAINING=1");
            assertThatExceptionOfType(ConnectException.class)
                    .as("the kernel's socket is closed by the time of DRAINING")
                    .isThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close());
            assertThat(supervisor.hear()).isEqualTo("CONNECTIONS=" + QUEUED);
            for (Socket client : clients) {
                assertThat(echoed(client, "hello\n")).isEqualTo("hello\n");
                client.close();
            }
            ended.get();
            List<String> last = supervisor.hearUpTo("END");
            assertThat(last).endsWith("CONNECTIONS=0", "DONE=1", "END");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anIdleServerDrainsWithoutAnyClientsHelp(Way way) throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder)) {
            Worker worker = new Worker(supervisor.environment("tcp://127.0.0.1:0"));
            CompletableFuture<Void> ended = way.start(worker, worker.listen("unused"));
            supervisor.greet();
            supervisor.hearUpTo("CONNECTIONS=0");
            supervisor.say("DRAIN=120000");
            assertThat(supervisor.hearUpTo("DONE=1")).containsExactly("DRAINING=1", "CONNECTIONS=0", "DONE=1");
            ended.get();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDeadlineEndsAServerThatStillHasConnections(Way way) throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder)) {
            Worker worker = new Worker(supervisor.environment("tcp://127.0.0.1:0"));
            TcpListener listener = worker.listen("unused");
            InetSocketAddress address = listener.localAddress();
            CompletableFuture<Void> ended = way.start(worker, listener);
            supervisor.greet();
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                assertThat(echoed(client, "hello\n")).isEqualTo("hello\n");
                supervisor.say("DRAIN=100");
                ended.get();
                assertThat(supervisor.hearUpTo("END"))
                        .containsSubsequence("DRAINING=1", "CONNECTIONS=1", "END")
                        .doesNotContain("DONE=1");
            }
        }
    }

    @Test
    void datagramsInTheSocketWhenTheDrainComesAreRead() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(""));
                UdpListener listener = worker.bind(ListenAddress.parse("udp://127.0.0.1:0"));
                DatagramChannel client = DatagramChannel.open()) {
            for (int i = 0; i < QUEUED; i++) {
                client.send(ByteBuffer.wrap(new byte[] {(byte) i}), listener.localAddress());
            }
            supervisor.greet().say("DRAIN=120000");
            int received = 0;
            for (ByteBuffer buffer = ByteBuffer.allocate(10); listener.receive(buffer) != null; buffer.clear()) {
                assertThat(buffer.get(0)).isEqualTo((byte) received++);
            }
            assertThat(received).isEqualTo(QUEUED);
            supervisor.hearUpTo("DRAINING=1");
        }
    }

    @Test
    void anApplicationMayBeginADrainItself() throws Exception {
        try (Worker worker = new Worker(java.util.Map.of())) {
            CompletableFuture<Void> ended = Way.BLOCKING.start(worker, worker.listen("tcp://127.0.0.1:0"));
            worker.drain(Duration.ofMinutes(2));
            ended.get();
            assertThat(worker.isFinished()).isTrue();
        }
    }

    @Test
    void closingAListenerEndsTheWaitForItsClients() throws Exception {
        try (Worker worker = new Worker(java.util.Map.of())) {
            TcpListener listener = worker.listen("tcp://127.0.0.1:0");
            CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> {
                try {
                    return listener.accept() == null;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            listener.close();
            assertThat(ended.get()).isTrue();
            assertThat(listener.poll()).isNull();
        }
    }

    @Test
    void anInterruptEndsTheWaitAndLeavesTheListenerOpen() throws Exception {
        try (Worker worker = new Worker(java.util.Map.of());
                TcpListener listener = worker.listen("tcp://127.0.0.1:0")) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(listener::accept);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(listener.isOpen()).isTrue();
        }
    }

    @Test
    void theJavadocQuotesServersThatAreTestedHere() throws Exception {
        String javadoc = Files.readString(Path.of("src/main/java/dev/handover/worker/package-info.java"));
        Path examples = Path.of("src/test/java/dev/handover/worker/example");
        String servers = Files.readString(examples.resolve("BlockingServer.java"))
                + Files.readString(examples.resolve("SelectorServer.java"));
        List<String> quoted = javadoc.lines()
                .filter(line -> line.matches(" \\* .*[;{]( // .*)?") && !line.contains("{@code"))
                .map(line -> spaceless(line.substring(3)))
                .toList();
        assertThat(quoted)
                .hasSizeGreaterThan(20)
                .allSatisfy(line -> assertThat(spaceless(servers)).contains(line));
    }

    /** The formatter may break a line where the Javadoc has room for it. */
    private static String spaceless(String code) {
        return code.replaceAll("\\s", "");
    }
}
