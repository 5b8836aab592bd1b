package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.SteeringStatus.Role;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** New connections that wait in the kernel that runs, while something else is done. */
@Timeout(300)
class OnHoldTest {
    private static final int CLIENTS = 40;

    private final Workers workers = new Workers();
    private final Steered steering = new Steered();
    private final List<SocketChannel> waiting = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (SocketChannel client : waiting) {
            client.close();
        }
        steering.close();
        workers.close();
    }

    /** So many connect, and are neither accepted nor refused. */
    private void come(ListenAddress address, int clients) throws IOException {
        for (int i = 0; i < clients; i++) {
            SocketChannel client = SocketChannel.open();
            client.configureBlocking(false);
            assertThat(client.connect(address.socketAddress())).isFalse();
            waiting.add(client);
        }
    }

    private void nobodyIsIn() throws IOException {
        for (SocketChannel client : waiting) {
            assertThat(client.finishConnect()).as("neither accepted nor reset").isFalse();
        }
    }

    /** Each that waits connects by the SYN that it sends again, and is answered. */
    private void allGetIn() throws IOException {
        for (SocketChannel client : waiting) {
            await().atMost(Steered.LIMIT).until(client::finishConnect);
            client.configureBlocking(true);
            client.write(ByteBuffer.wrap(new byte[] {'x'}));
        }
        // A worker has one client at a time, and not in this order: all are to have sent by now.
        for (SocketChannel client : waiting) {
            assertThat(Clients.answered(client)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp://127.0.0.1:%d, 1", "tcp://[::]:%d?dual-stack, 2"})
    void whoComesWaitsAndIsServedAfterwards(String form, int count) throws Exception {
        ListenAddress address = Workers.free(form);
        steering.flip(1, workers.start(1, count, "", address), address);
        List<Role> before = steering.roles();
        for (int time = 0; time < 2; time++) {
            steering.putOnHold();
            assertThat(steering.roles()).containsOnlyOnce(Role.STAND_IN).hasSizeGreaterThan(count);
            come(address, CLIENTS);
            assertThat(steering.roles()).contains(Role.STAND_IN); // it has been looked at meanwhile
            nobodyIsIn();

            Event.TakenOffHold over = steering.letIn();

            assertThat(over.turnedAway()).isBetween((long) CLIENTS, 2L * CLIENTS);
            assertThat(over.why()).isEmpty();
            assertThat(steering.roles()).isEqualTo(before);
            allGetIn();
            waiting.clear();
        }
        Clients clients = new Clients(address);
        clients.served();
        assertThat(clients.sentAgain()).as("SYNs sent again once it is over").isZero();
        assertThat(steering.warnings()).isEmpty();
    }

    @Test
    void whatIsInFlightGoesOn() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 2, "defer", address), address);
        try (DeferredClients clients = new DeferredClients(address, 20)) {
            steering.putOnHold();
            clients.sendAll();
            assertThat(clients.answered()).isEqualTo(20);
        }
        assertThat(steering.letIn().turnedAway()).isZero();
    }

    @Test
    void workersAreAskedForTheirHealthAllTheSame() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        steering.flip(1, first, address);
        steering.putOnHold();
        HealthSpec spec = new HealthSpec(
                new HealthSpec.Tcp(), Steered.LIMIT, Duration.ofSeconds(30), 1, HealthSpec.Then.STEER_AWAY);
        for (int worker = 1; worker <= 2; worker++) {
            ProcessId process = Objects.requireNonNull(first.get(Workers.id(1, worker)));
            assertThat(steering.askHealth(Workers.id(1, worker), process, spec, address)
                            .answer())
                    .isEqualTo(HealthAnswer.AS_EXPECTED);
        }
        come(address, 1);
        nobodyIsIn();
        steering.letIn();
        allGetIn();
    }

    @Test
    void whoIsStartedInTheOnlyWorkersPlaceGetsThemAfterwards() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 1, "", address), address);
        steering.putOnHold();
        workers.kill(Workers.id(1, 1));
        steering.steerAway(Workers.id(1, 1));
        come(address, 10);
        steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "", address));
        come(address, 10);
        nobodyIsIn();
        steering.letIn();
        allGetIn();
        assertThat(steering.roles()).containsExactly(Role.SERVES);
        assertThat(steering.warnings()).isEmpty();
    }

    @Test
    void aGenerationIsGoneBackToMeanwhileAndHasThemAfterwards() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        steering.flip(1, first, address);
        steering.flip(2, workers.start(2, 2, "", address), address);
        assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        steering.putOnHold();
        come(address, 10);

        assertThat(steering.steerBack(1, first, address)).isInstanceOf(Event.Steered.class);
        assertThat(steering.quiesce(2, Steered.LIMIT).empty()).isTrue();
        workers.end(2);
        Ledger ledger = steering.release(2);
        assertThat(ledger.isLossless()).as(ledger.toString()).isTrue();
        nobodyIsIn();

        steering.letIn();
        allGetIn();
        assertThat(Clients.names(address, CLIENTS)).containsExactly("web/g1/w1", "web/g1/w2");
        assertThat(steering.roles()).containsOnly(Role.SERVES);
    }

    /** As after a kill -9: the kernel closes what the supervisor had open, and nobody has set another program. */
    @ParameterizedTest
    @CsvSource({"tcp://127.0.0.1:%d, 1", "tcp://[::]:%d?dual-stack, 2"})
    void nobodyWaitsLongerThanTheSupervisorRuns(String form, int count) throws Exception {
        ListenAddress address = Workers.free(form);
        Map<WorkerId, ProcessId> first = workers.start(1, count, "", address);
        try (Steered earlier = new Steered()) {
            earlier.flip(1, first, address);
            earlier.putOnHold();
            come(address, 10);
            nobodyIsIn();
        }
        allGetIn();
        steering.flip(1, first, address);
        assertThat(steering.roles()).hasSize(steering.roles().size()).containsOnly(Role.SERVES);
    }

    @Test
    void whatIsNotSteeredIsNotPutOnHold() throws Exception {
        assertThat(steering.holdOff())
                .isInstanceOfSatisfying(
                        Event.NotPutOnHold.class,
                        not -> assertThat(not.why()).isEqualTo("no listener of it is steered to"));
        assertThat(steering.letIn().turnedAway()).isZero();
    }
}
