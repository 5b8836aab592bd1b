package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.handover.supervisor.linux.KernelSettings;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a dead worker left behind is passed to workers that can adopt it. */
@Timeout(300)
class OrphanTest {
    private static final int CLIENTS = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Workers workers = new Workers();
    private final Steered steering = new Steered();
    private final List<SocketChannel> clients = new ArrayList<>();
    private ListenAddress address;

    @BeforeEach
    void prepare() throws IOException {
        assumeFalse(KernelSettings.migratesRequests(), "the kernel would migrate the connections itself");
        address = Workers.free("tcp://127.0.0.1:%d");
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
        steering.close();
        workers.close();
    }

    private static WorkerId first() {
        return Workers.id(1, 1);
    }

    /** Lets clients come to worker 1 alone, which does not accept any more, and kills it. */
    private void killWithClientsInItsQueue() throws Exception {
        workers.signal("STOP", first());
        connect(CLIENTS);
        workers.kill(first());
    }

    private void connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel client = SocketChannel.open(new InetSocketAddress(address.address(), address.port()));
            client.write(ByteBuffer.wrap(new byte[] {'x'}));
            clients.add(client);
        }
    }

    private long answered() {
        return clients.stream().filter(Clients::answered).count();
    }

    private long listeners() throws IOException {
        try (SockDiag sockets = new SockDiag()) {
            return sockets.listeners(address.transport(), address.port()).size();
        }
    }

    private String warning() {
        await().until(() -> !steering.warnings().isEmpty());
        assertThat(steering.warnings()).hasSize(1);
        return steering.warnings().get(0);
    }

    @Test
    void siblingsServeAllThatWaitedAndTheListenerIsGone() throws Exception {
        Map<WorkerId, ProcessId> two = workers.start(1, 2, steering.adopting(), address);
        steering.flip(1, two, address);
        steering.adopters(two);
        killWithClientsInItsQueue();
        steering.steerAway(first(), PATIENCE);
        assertThat(answered()).isEqualTo(CLIENTS);
        assertThat(warning())
                .matches("web/g1/w1 \\(pid [0-9]+\\) at tcp://[0-9.:]+ died with [0-9]+ connections that it had not"
                        + " accepted: adopted by web/g1/w2; 0 lost, after [0-9]+ ms");
        assertThat(listeners()).isEqualTo(1);
        assertThat(Clients.one(new InetSocketAddress(address.address(), address.port())))
                .isEqualTo("web/g1/w2");
    }

    @Test
    void supervisorThatLeavesPassesOnWhatAWorkerLeftOfWhoseEndItHasNotHeard() throws Exception {
        Map<WorkerId, ProcessId> two = workers.start(1, 2, steering.adopting(), address);
        steering.flip(1, two, address);
        steering.adopters(two);
        killWithClientsInItsQueue();
        steering.leave();
        assertThat(answered()).isEqualTo(CLIENTS);
    }

    @Test
    void handshakesInFlightToADeadWorkerAreServedToo() throws Exception {
        String options = "defer," + steering.adopting();
        Map<WorkerId, ProcessId> two = workers.start(1, 2, options, address);
        steering.flip(1, two, address);
        steering.adopters(two);
        try (DeferredClients deferred = new DeferredClients(address, CLIENTS)) {
            workers.kill(first());
            steering.steerAway(first(), PATIENCE);
            deferred.sendAll();
            assertThat(deferred.answered()).isEqualTo(CLIENTS);
        }
        await().until(() -> listeners() == 1);
        assertThat(steering.warnings()).allMatch(text -> text.contains("; 0 lost"));
    }

    @Test
    void theReplacementServesWhatTheOnlyWorkerLeft() throws Exception {
        steering.flip(1, workers.start(1, 1, steering.adopting(), address), address);
        killWithClientsInItsQueue();
        steering.steerAway(first(), PATIENCE);
        connect(5);
        ProcessId again = workers.start(first(), steering.adopting(), address);
        steering.rejoin(first(), again);
        steering.adopters(Map.of(first(), again));
        assertThat(answered()).isEqualTo(CLIENTS + 5);
        assertThat(warning()).contains("died with 45 connections", "adopted by web/g1/w1; 0 lost");
        assertThat(listeners()).isEqualTo(1);
    }

    @Test
    void whatAnAdopterThatDiesLeavesIsServedByTheNext() throws Exception {
        Map<WorkerId, ProcessId> three = workers.start(1, 3, steering.adopting(), address);
        steering.flip(1, three, address);
        workers.signal("STOP", 1);
        connect(CLIENTS);
        steering.adopters(Map.of(Workers.id(1, 2), three.get(Workers.id(1, 2))));
        workers.kill(first());
        steering.steerAway(first(), PATIENCE);
        workers.kill(Workers.id(1, 2));
        steering.steerAway(Workers.id(1, 2), PATIENCE);
        steering.adopters(Map.of(Workers.id(1, 3), three.get(Workers.id(1, 3))));
        workers.signal("CONT", Workers.id(1, 3));
        assertThat(answered()).isEqualTo(CLIENTS);
        await().until(() -> steering.warnings().size() == 2);
        assertThat(steering.warnings()).allMatch(text -> text.contains("; 0 lost"));
    }

    @Test
    void withoutAnAdopterItIsLostWhenItsPatienceEndsAndThatIsSaid() throws Exception {
        Map<WorkerId, ProcessId> two = workers.start(1, 2, "", address);
        steering.flip(1, two, address);
        workers.signal("STOP", 1);
        connect(CLIENTS);
        workers.kill(first());
        steering.steerAway(first(), Duration.ofMillis(300));
        assertThat(warning())
                .matches(".*died with [0-9]+ connections that it had not accepted, and nobody adopted that within"
                        + " 300 ms: lost");
        assertThat(listeners()).isEqualTo(1);
    }

    @Test
    void anAdopterThatHangsCostsNoMoreThanThePatience() throws Exception {
        Map<WorkerId, ProcessId> two = workers.start(1, 2, steering.adopting(), address);
        steering.flip(1, two, address);
        steering.adopters(two);
        workers.signal("STOP", 1);
        connect(CLIENTS);
        workers.kill(first());
        steering.steerAway(first(), Duration.ofMillis(300));
        assertThat(warning()).contains("adopted by web/g1/w2").doesNotContain("; 0 lost");
        assertThat(listeners()).isEqualTo(1);
    }

    @Test
    void aReloadCarriesWhatADeadWorkerLeftToTheNewGeneration() throws Exception {
        Map<WorkerId, ProcessId> old = workers.start(1, 1, steering.adopting(), address);
        steering.flip(1, old, address);
        killWithClientsInItsQueue();
        steering.steerAway(first(), PATIENCE);
        Map<WorkerId, ProcessId> fresh = workers.start(2, 1, steering.adopting(), address);
        steering.flip(2, fresh, address);
        steering.beginQuiesce(1, PATIENCE);
        steering.adoptersMeanwhile(fresh);
        assertThat(answered()).isEqualTo(CLIENTS);
        assertThat(steering.next().toString()).contains("empty=true");
        assertThat(steering.release(1).verdict()).isEqualTo("lossless");
        assertThat(listeners()).isEqualTo(1);
    }
}
