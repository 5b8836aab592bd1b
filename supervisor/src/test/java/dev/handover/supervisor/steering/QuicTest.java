package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.DatagramProbe;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.QuicTag;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UDP workers whose QUIC connections stay with them, in the kernel that runs. */
@Timeout(120)
class QuicTest {
    private static final QuicSpec QUIC = new QuicSpec(1, Duration.ofSeconds(30));
    private static final int ID_BYTES = 8;
    private static final byte SHORT_HEADER = 0x40;

    private final Workers workers = new Workers();
    private final Steered steering = new Steered(Optional.of(QUIC));

    @AfterEach
    void close() {
        steering.close();
        workers.close();
    }

    /** Who answers packets of a connection that a worker has minted the id of, whatever ports they come from. */
    private static Set<String> answering(ListenAddress address, WorkerId minter) throws IOException {
        byte[] packet = ByteBuffer.allocate(1 + ID_BYTES)
                .put(SHORT_HEADER)
                .putInt(1 + QUIC.tagOffset(), QuicTag.of(minter, QUIC).value())
                .array();
        return answering(address, packet);
    }

    private static Set<String> answering(ListenAddress address, byte[] packet) throws IOException {
        InetAddress host =
                address.address().isAnyLocalAddress() ? InetAddress.getByName("127.0.0.1") : address.address();
        Set<String> names = new TreeSet<>();
        for (int client = 0; client < 8; client++) {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.setSoTimeout((int) Steered.LIMIT.toMillis());
                socket.send(new DatagramPacket(packet, packet.length, new InetSocketAddress(host, address.port())));
                DatagramPacket answer = new DatagramPacket(new byte[64], 64);
                socket.receive(answer);
                names.add(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.ISO_8859_1)
                        .split(" ", 2)[0]);
            }
        }
        return names;
    }

    private static Set<String> answeringNewClients(ListenAddress address) throws IOException {
        return answering(address, new byte[] {'h', 'i'});
    }

    private void assertStay(ListenAddress address, WorkerId... minters) throws IOException {
        for (WorkerId minter : minters) {
            assertThat(answering(address, minter)).containsExactly(minter.toString());
        }
    }

    /** The kernel begins to stamp what comes some time after it was asked to, in a thread of its own (net_enable_timestamp). */
    private boolean isSeenToRead(WorkerId worker, ProcessId process, ListenAddress address) throws IOException {
        try (SockDiag sockets = new SockDiag()) {
            DatagramProbe probe = new DatagramProbe(sockets);
            Map<Long, Long> before = probe.look(process.pid(), List.of(address)).lastRead();
            assertStay(address, worker);
            return !probe.look(process.pid(), List.of(address)).lastRead().equals(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp://127.0.0.1:%d", "udp://[::1]:%d", "udp://[::]:%d?dual-stack"})
    void openConnectionsStayWithTheirWorkerUntilItsGenerationIsReleased(String form) throws Exception {
        ListenAddress address = Workers.free(form);
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        steering.flip(1, first, address);
        assertStay(address, Workers.id(1, 1), Workers.id(1, 2));
        steering.flip(2, workers.start(2, 2, "", address), address);
        assertStay(address, Workers.id(1, 1), Workers.id(1, 2), Workers.id(2, 1), Workers.id(2, 2));
        assertThat(answeringNewClients(address)).allMatch(name -> name.startsWith("web/g2/"));
        assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        for (Map.Entry<WorkerId, ProcessId> old : first.entrySet()) {
            await().until(() -> isSeenToRead(old.getKey(), old.getValue(), address));
        }
        assertStay(address, Workers.id(2, 2));
        workers.end(1);
        Ledger ledger = steering.release(1);
        assertThat(ledger.groups())
                .singleElement()
                .asString()
                .contains("read from 2 of 2 old sockets that kept the flows with its tag");
        assertThat(answering(address, Workers.id(1, 1))).allMatch(name -> name.startsWith("web/g2/"));
        assertStay(address, Workers.id(2, 1), Workers.id(2, 2));
        assertThat(steering.warnings()).isEmpty();
    }

    /** Whoever leaves draws the last one of the group into its place. */
    @Test
    void connectionsOfTwoGenerationsThatLeaveAtOnceStayWhicheverEndsFirst() throws Exception {
        ListenAddress address = Workers.free("udp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 2, "", address), address);
        steering.flip(2, workers.start(2, 2, "", address), address);
        steering.flip(3, workers.start(3, 2, "", address), address);
        assertStay(address, Workers.id(1, 1), Workers.id(2, 1), Workers.id(2, 2), Workers.id(3, 1));
        workers.end(1);
        steering.release(1);
        assertStay(address, Workers.id(2, 1), Workers.id(2, 2), Workers.id(3, 1), Workers.id(3, 2));
        steering.flip(4, workers.start(4, 1, "", address), address);
        assertStay(address, Workers.id(2, 1), Workers.id(2, 2), Workers.id(3, 1), Workers.id(4, 1));
        workers.end(3);
        steering.release(3);
        assertStay(address, Workers.id(2, 1), Workers.id(2, 2), Workers.id(4, 1));
        workers.end(2);
        steering.release(2);
        assertThat(answering(address, Workers.id(2, 1))).containsExactly("web/g4/w1");
    }

    @Test
    void connectionsOfAWorkerThatDiedGoToItsSiblingsAndThenToTheOneInItsPlace() throws Exception {
        ListenAddress address = Workers.free("udp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 2, "", address), address);
        workers.kill(Workers.id(1, 1));
        steering.steerAway(Workers.id(1, 1));
        assertThat(answering(address, Workers.id(1, 1))).containsExactly("web/g1/w2");
        ProcessId again = workers.start(Workers.id(1, 1), "", address);
        steering.rejoin(Workers.id(1, 1), again);
        assertStay(address, Workers.id(1, 1), Workers.id(1, 2));
    }

    @Test
    void anotherSupervisorLeadsThemToThoseThatLeaveWithItsFirstProgram() throws Exception {
        ListenAddress address = Workers.free("udp://127.0.0.1:%d");
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        Map<WorkerId, ProcessId> second = workers.start(2, 2, "", address);
        try (Steered killed = new Steered(Optional.of(QUIC))) {
            killed.flip(1, first, address);
            killed.flip(2, second, address);
        }
        assertStay(address, Workers.id(1, 1), Workers.id(1, 2), Workers.id(2, 1));
        steering.holdLeaving(first, address);
        steering.flip(2, second, address);
        assertStay(address, Workers.id(1, 1), Workers.id(1, 2), Workers.id(2, 1), Workers.id(2, 2));
        assertThat(answeringNewClients(address)).allMatch(name -> name.startsWith("web/g2/"));
        assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        workers.end(1);
        steering.release(1);
        assertThat(answering(address, Workers.id(1, 2))).allMatch(name -> name.startsWith("web/g2/"));
    }

    @Test
    void whatWaitsInThemIsNotWaitedForSinceMoreMayCome() throws Exception {
        ListenAddress address = Workers.free("udp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 1, "idle", address), address);
        steering.flip(2, workers.start(2, 1, "", address), address);
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] packet = ByteBuffer.allocate(1 + ID_BYTES)
                    .put(SHORT_HEADER)
                    .putInt(
                            1 + QUIC.tagOffset(),
                            QuicTag.of(Workers.id(1, 1), QUIC).value())
                    .array();
            socket.send(new DatagramPacket(
                    packet, packet.length, new InetSocketAddress(address.address(), address.port())));
            assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        }
        workers.end(1);
        assertThat(steering.release(1).groups())
                .singleElement()
                .asString()
                .contains("read from 0 of 1 old socket that kept the flows with its tag");
    }

    @Test
    void aReleaseCostsOneProgramMoreThanWithoutTags() throws Exception {
        ListenAddress address = Workers.free("udp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 1, "", address), address);
        for (int generation = 2; generation <= 4; generation++) {
            Ledger ledger = steering.handOver(generation, 1, workers, address);
            if (generation > 2) { // the first generation's own placing counts with its handover
                assertThat(ledger.groups())
                        .singleElement()
                        .extracting(Ledger.Group::programs)
                        .isEqualTo(3);
            }
        }
    }
}
