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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that an adopter accepted come out of the worker's own listener. */
@Timeout(60)
class AdoptionTest {
    private static final ListenAddress ELSEWHERE = ListenAddress.parse("tcp://127.0.0.1:9");

    @TempDir
    Path folder;

    private static SocketChannel connection() throws IOException {
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return SocketChannel.open(server.getLocalAddress());
        }
    }

    private BiPredicate<ListenAddress, SocketChannel> started() {
        Path socket = folder.resolve("worker.sock");
        await().atMost(Duration.ofSeconds(20)).until(() -> OfferingAdopter.STARTED.containsKey(socket));
        return Objects.requireNonNull(OfferingAdopter.STARTED.get(socket));
    }

    @Test
    void whoWaitsForAClientGetsOneThatWasAdopted() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(""));
                TcpListener listener = worker.listen("tcp://127.0.0.1:0");
                SocketChannel adopted = connection()) {
            assertThat(OfferingAdopter.STARTED).doesNotContainKey(folder.resolve("worker.sock"));
            worker.ready();
            worker.ready();
            BiPredicate<ListenAddress, SocketChannel> clients = started();
            CompletableFuture<Connection> taken = CompletableFuture.supplyAsync(() -> {
                try {
                    return listener.accept();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(clients.test(ELSEWHERE, adopted)).isTrue();
            assertThat(taken.get().channel()).isSameAs(adopted);
            worker.drain(Duration.ofSeconds(20));
            assertThat(worker.isFinished()).isFalse();
            taken.get().close();
            assertThat(listener.accept()).isNull();
            assertThat(worker.isFinished()).isTrue();
        }
    }

    @Test
    void eventLoopIsWokenForOneThatWasAdopted() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(""));
                TcpListener listener = worker.listen("tcp://127.0.0.1:0");
                Selector selector = Selector.open();
                SocketChannel adopted = connection()) {
            listener.register(selector);
            worker.ready();
            assertThat(started().test(ELSEWHERE, adopted)).isTrue();
            selector.select();
            assertThat(Objects.requireNonNull(listener.poll()).channel()).isSameAs(adopted);
            assertThat(listener.poll()).isNull();
        }
    }

    @Test
    void workerThatHasStoppedAcceptingSaysSo() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                Worker worker = new Worker(supervisor.environment(""));
                TcpListener listener = worker.listen("tcp://127.0.0.1:0");
                SocketChannel adopted = connection()) {
            worker.ready();
            BiPredicate<ListenAddress, SocketChannel> clients = started();
            worker.drain(Duration.ofSeconds(20));
            assertThat(listener.accept()).isNull();
            assertThat(clients.test(ELSEWHERE, adopted)).isFalse();
            assertThat(listener.accept()).isNull();
        }
    }
}
