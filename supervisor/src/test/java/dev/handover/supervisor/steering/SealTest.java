package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.Choice;
import dev.handover.supervisor.linux.HeldListener;
import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.ListenAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class SealTest {
    private static final int CLIENTS = 200;

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d"})
    void clientsThatFallOnASealedListenerAreServedByTheOtherOnceItIsClosed(String form) throws Exception {
        try (OwnGroup group = new OwnGroup(form);
                Selector selector = Selector.open()) {
            OwnGroup.Pair sealed = group.join();
            OwnGroup.Pair live = group.join();
            live.held().steer(Choice.among(0));
            sealed.held().seal();
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SocketChannel client = SocketChannel.open();
                client.configureBlocking(false);
                client.connect(new InetSocketAddress(
                        group.address().address(), group.address().port()));
                client.register(selector, SelectionKey.OP_CONNECT);
                clients.add(client);
            }
            assertThat(selector.selectNow()).as("neither accepted nor reset").isZero();
            assertThat(sealed.held().backlog().waiting()).isZero();
            assertThat(live.held().backlog().waiting()).isZero();
            group.leave(sealed);
            int served = 0;
            while (served < CLIENTS) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    // Throws if the connection was reset.
                    assertThat(((SocketChannel) key.channel()).finishConnect()).isTrue();
                    key.cancel();
                    served++;
                }
                selector.selectedKeys().clear();
            }
            // A client may be connected a moment before its last packet has put it into the queue.
            AtomicInteger taken = new AtomicInteger();
            await().until(() -> taken.addAndGet(live.takeAll()) >= CLIENTS);
            assertThat(taken).hasValue(CLIENTS);
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    /** It is deaf from then on (see LeastHops), but the client hears what the worker has to say to its first bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d"})
    void handshakeThatBeganBeforeTheSealEndsInTheQueue(String form) throws Exception {
        ListenAddress address = Workers.free(form);
        try (Workers workers = new Workers();
                SockDiag sockets = new SockDiag()) {
            long pid = workers.start(Workers.id(1, 1), "defer", address).pid();
            try (DeferredClients clients = new DeferredClients(address, 20);
                    HeldListener listener = HeldListener.hold(
                            new ListenerProbe(sockets)
                                    .search(pid, List.of(address))
                                    .found()
                                    .get(address)
                                    .get(0),
                            address)) {
                listener.seal();
                clients.sendAll();
                assertThat(clients.answered()).isEqualTo(20);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d", "tcp://[::]:%d?dual-stack"})
    void whoComesToAStandInWaitsAndIsServedByWhomIsSteeredToThen(String form) throws Exception {
        try (OwnGroup group = new OwnGroup(form);
                SockDiag sockets = new SockDiag()) {
            OwnGroup.Pair live = group.join();
            try (HeldListener standIn = HeldListener.standIn(group.address(), Processes.ownUid(), sockets);
                    SocketChannel client = SocketChannel.open()) {
                live.held().steer(Choice.among(1));
                client.configureBlocking(false);
                client.connect(OwnGroup.target(group.address()));
                assertThat(client.finishConnect())
                        .as("neither accepted nor reset")
                        .isFalse();
                assertThat(standIn.backlog().waiting()).isZero();
                live.held().steer(Choice.among(0));
                await().until(client::finishConnect);
                await().until(() -> live.takeAll() == 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d"})
    void unsealedListenerTakesClientsAgain(String form) throws Exception {
        try (OwnGroup group = new OwnGroup(form)) {
            OwnGroup.Pair listener = group.join();
            listener.held().seal();
            listener.held().unseal();
            assertThat(group.client()).contains(listener);
        }
    }
}
