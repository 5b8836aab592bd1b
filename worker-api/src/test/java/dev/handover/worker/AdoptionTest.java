package dev.handover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who waits in an orphan comes out of the worker's own listener, or stays there. */
@Timeout(300)
class AdoptionTest {
    private static final String ANY_PORT = "tcp://127.0.0.1:0";
    private static final int WAITING = 20;

    @TempDir
    Path folder;

    private final List<SocketChannel> clients = new ArrayList<>();
    private FakeSupervisor supervisor;
    private Worker worker;
    private ServerSocketChannel orphaned;

    /** A listener with clients in its queue, which may pass for one at any address. */
    private record Orphan(ListenAddress address, ServerSocketChannel channel) implements Adopter.Orphan {
        @Override
        public boolean isOver() {
            return false;
        }
    }

    @BeforeEach
    void start() throws IOException {
        supervisor = new FakeSupervisor(folder);
        worker = new Worker(supervisor.environment(""));
        orphaned = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        for (int i = 0; i < WAITING; i++) {
            clients.add(SocketChannel.open(orphaned.getLocalAddress()));
        }
    }

    @AfterEach
    void end() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        orphaned.close();
        worker.close();
        supervisor.close();
    }

    private Orphan orphanOf(TcpListener listener) throws IOException {
        return orphanAt(listener.localAddress().getPort());
    }

    private Orphan orphanAt(int port) {
        return new Orphan(ListenAddress.parse("tcp://127.0.0.1:" + port), orphaned);
    }

    private OfferingAdopter started() {
        Path socket = folder.resolve("worker.sock");
        await().atMost(Duration.ofMinutes(2)).until(() -> OfferingAdopter.STARTED.containsKey(socket));
        return Objects.requireNonNull(OfferingAdopter.STARTED.get(socket));
    }

    private boolean isStarted() {
        return OfferingAdopter.STARTED.containsKey(folder.resolve("worker.sock"))
                || Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(one -> one.getName().equals("handover-adopters"));
    }

    private void assertAllAccepted(List<Connection> accepted) throws IOException {
        Set<Object> ports = new HashSet<>();
        for (SocketChannel client : clients) {
            ports.add(client.getLocalAddress());
        }
        assertThat(accepted)
                .hasSize(WAITING)
                .allSatisfy(one -> assertThat(ports.remove(one.channel().getRemoteAddress()))
                        .isTrue());
    }

    @Test
    void whoWaitsForAClientGetsThoseOfTheOrphan() throws Exception {
        try (TcpListener listener = worker.listen(ANY_PORT)) {
            worker.ready();
            CompletableFuture<List<Connection>> taken = CompletableFuture.supplyAsync(() -> {
                try {
                    List<Connection> all = new ArrayList<>();
                    while (all.size() < WAITING) {
                        all.add(listener.accept());
                    }
                    return all;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(started().offer(orphanOf(listener))).isTrue();
            assertAllAccepted(taken.get());
            clients.add(SocketChannel.open(orphaned.getLocalAddress())); // its handshake had been in flight
            try (Connection late = listener.accept()) {
                assertThat(late.channel().getRemoteAddress())
                        .isEqualTo(clients.get(WAITING).getLocalAddress());
            }
        }
    }

    @Test
    void eventLoopIsWokenForThoseOfTheOrphan() throws Exception {
        try (TcpListener listener = worker.listen(ANY_PORT);
                Selector selector = Selector.open()) {
            listener.register(selector);
            worker.ready();
            assertThat(started().offer(orphanOf(listener))).isTrue();
            List<Connection> taken = new ArrayList<>();
            while (taken.size() < WAITING) {
                selector.select();
                for (Connection one = listener.poll(); one != null; one = listener.poll()) {
                    taken.add(one);
                }
            }
            assertAllAccepted(taken);
        }
    }

    @Test
    void drainEmptiesTheOrphanAndThenLetsGoOfIt() throws Exception {
        try (TcpListener listener = worker.listen(ANY_PORT)) {
            worker.ready();
            assertThat(started().offer(orphanOf(listener))).isTrue();
            worker.drain(Duration.ofMinutes(2));
            List<Connection> taken = new ArrayList<>();
            for (Connection one = listener.accept(); one != null; one = listener.accept()) {
                taken.add(one);
            }
            assertAllAccepted(taken);
            assertThat(orphaned.isOpen()).isFalse();
            assertThat(worker.isFinished()).isFalse();
            for (Connection one : taken) {
                one.close();
            }
            assertThat(worker.isFinished()).isTrue();
        }
    }

    private void assertNobodyWasAccepted() throws IOException {
        for (SocketChannel client : clients) {
            try (SocketChannel accepted = orphaned.accept()) {
                assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
            }
        }
    }

    @Test
    void workerThatHasStoppedAcceptingLeavesThemToOthers() throws Exception {
        try (TcpListener listener = worker.listen(ANY_PORT)) {
            worker.ready();
            OfferingAdopter adopter = started();
            Orphan orphan = orphanOf(listener);
            assertThat(adopter.accepting()).isTrue();
            worker.drain(Duration.ofMinutes(2));
            assertThat(listener.accept()).isNull();
            assertThat(adopter.accepting()).isFalse();
            assertThat(adopter.offer(orphan)).isFalse();
            assertNobodyWasAccepted();
        }
    }

    @Test
    void listenerAtAnotherAddressLeavesThemToOthers() throws Exception {
        try (TcpListener listener = worker.listen(ANY_PORT)) {
            worker.ready();
            assertThat(started().offer(orphanAt(9))).isFalse();
            assertThat(listener.poll()).isNull();
            assertNobodyWasAccepted();
        }
    }

    @Test
    void workerThatIsBusyLeavesThemInTheQueue() throws Exception {
        try (TcpListener listener = worker.listen(ANY_PORT)) {
            worker.ready();
            assertThat(started().offer(orphanOf(listener))).isTrue();
            try (Connection first = listener.accept()) {
                assertThat(first.channel().getRemoteAddress())
                        .isEqualTo(clients.remove(0).getLocalAddress());
            }
            orphaned.configureBlocking(false);
            assertNobodyWasAccepted();
        }
    }

    @Test
    void onlyWhoIsReadyAndListensByThisLibraryAdopts() throws Exception {
        worker.ready();
        assertThat(isStarted()).isFalse();
        try (UdpListener other = worker.bind(ListenAddress.parse("udp://127.0.0.1:0"))) {
            assertThat(other.channel().isOpen()).isTrue();
            assertThat(isStarted()).isFalse();
        }
        TcpListener listener = worker.listen(ANY_PORT);
        TcpListener another = worker.listen(ANY_PORT);
        worker.ready();
        assertThat(started().accepting()).isTrue();
        listener.close();
        assertThat(started().accepting()).isTrue();
        another.close();
        assertThat(started().accepting()).isFalse();
    }
}
