package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.KernelSettings;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.SteeringStatus.Role;
import dev.handover.supervisor.terms.WorkerId;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker of the serving generation dies and is started again. */
@Timeout(300)
class CrashTest {
    private final Workers workers = new Workers();
    private final Steered steering = new Steered();

    @AfterEach
    void close() {
        steering.close();
        workers.close();
    }

    @Test
    void siblingsServeUntilTheDeadOneIsBack() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 3, "", address), address);
        workers.kill(Workers.id(1, 1));
        steering.steerAway(Workers.id(1, 1));
        assertThat(names(address)).containsExactly("web/g1/w2", "web/g1/w3");
        steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "", address));
        assertThat(names(address)).containsExactly("web/g1/w1", "web/g1/w2", "web/g1/w3");
        steering.flip(2, workers.start(2, 3, "", address), address);
        assertThat(names(address)).containsExactly("web/g2/w1", "web/g2/w2", "web/g2/w3");
        assertThat(steering.warnings()).isEmpty();
    }

    @Test
    void clientsOfTheOnlyWorkerWaitForTheNextOneAndAreNotRefused() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 1, "", address), address);
        workers.kill(Workers.id(1, 1));
        steering.steerAway(Workers.id(1, 1));
        CompletableFuture<String> client = CompletableFuture.supplyAsync(() -> name(address));
        steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "", address));
        assertThat(client.get()).isEqualTo("web/g1/w1");
    }

    @Test
    void whoTookThePlaceOfAnOnlyWorkerThatDiedIsGoneWhenItIsBackHoweverOftenItDies() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 1, "", address), address);
        for (int crash = 1; crash <= 3; crash++) {
            workers.kill(Workers.id(1, 1));
            steering.steerAway(Workers.id(1, 1));
            assertThat(steering.roles()).containsExactly(Role.STAND_IN);
            steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "", address));
            assertThat(steering.roles()).containsExactly(Role.SERVES);
            assertThat(name(address)).isEqualTo("web/g1/w1");
        }
        assertThat(steering.warnings()).isEmpty();
    }

    /** A group is of one user's sockets. */
    @Test
    void clientsOfAnotherUsersWorkerWaitForTheNextOneToo() throws Exception {
        assumeTrue(Processes.ownUid() == 0, "needs root");
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 1, "nobody", address), address);
        workers.kill(Workers.id(1, 1));
        steering.steerAway(Workers.id(1, 1));
        assertThat(steering.roles()).containsExactly(Role.STAND_IN);
        CompletableFuture<String> client = CompletableFuture.supplyAsync(() -> name(address));
        steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "nobody", address));
        assertThat(client.get()).isEqualTo("web/g1/w1");
        assertThat(steering.warnings()).isEmpty();
    }

    @Test
    void besideAStrangerNothingPilesUpEither() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        workers.start(Workers.id(9, 9), "", address);
        steering.flip(1, workers.start(1, 1, "", address), address);
        for (int crash = 1; crash <= 3; crash++) {
            workers.kill(Workers.id(1, 1));
            steering.steerAway(Workers.id(1, 1));
            steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "", address));
            assertThat(name(address)).isEqualTo("web/g1/w1");
        }
        assertThat(steering.roles()).containsExactlyInAnyOrder(Role.STRANGER, Role.SERVES);
    }

    @Test
    void workersThatEndBeforeTheirSupervisorCanHoldThemAreSteeredToWhenTheyAreBack() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        Map<WorkerId, ProcessId> before = workers.start(1, 2, "", address);
        workers.kill(Workers.id(1, 1));
        workers.kill(Workers.id(1, 2));
        steering.flip(1, before, address);
        steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "", address));
        assertThat(steering.roles()).containsExactly(Role.SERVES);
        steering.rejoin(Workers.id(1, 2), workers.start(Workers.id(1, 2), "", address));
        assertThat(steering.roles()).containsExactly(Role.SERVES, Role.SERVES);

        steering.flip(2, workers.start(2, 2, "", address), address);
        assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        workers.end(1);
        assertThat(steering.release(1).verdict()).isEqualTo("lossless");
        assertThat(names(address)).containsExactly("web/g2/w1", "web/g2/w2");
    }

    @Test
    void theOtherWorkersOfOneThatEndedUnheardAreSteeredToAtOnce() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        Map<WorkerId, ProcessId> before = workers.start(1, 2, "", address);
        workers.kill(Workers.id(1, 1));
        steering.flip(1, before, address);
        assertThat(steering.roles()).containsExactly(Role.SERVES);
        assertThat(name(address)).isEqualTo("web/g1/w2");
    }

    @Test
    void connectionsThatADeadWorkerHadNotAcceptedAreCountedAndSaid() throws Exception {
        assumeFalse(KernelSettings.migratesRequests(), "the kernel would migrate them");
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        steering.flip(1, workers.start(1, 1, "idle", address), address);
        InetSocketAddress server = new InetSocketAddress(address.address(), address.port());
        try (SocketChannel one = SocketChannel.open(server);
                SocketChannel two = SocketChannel.open(server)) {
            workers.kill(Workers.id(1, 1));
            steering.steerAway(Workers.id(1, 1));
            steering.rejoin(Workers.id(1, 1), workers.start(Workers.id(1, 1), "", address));
            assertThat(one.isConnected() && two.isConnected()).isTrue();
        }
        assertThat(steering.warnings())
                .hasSize(1)
                .allMatch(text -> text.startsWith("web/g1/w1 (pid ")
                        && text.endsWith("died with 2 connections that it had not accepted: lost"));
        assertThat(name(address)).isEqualTo("web/g1/w1");
    }

    private static String name(ListenAddress address) {
        return Clients.one(new InetSocketAddress(address.address(), address.port()));
    }

    private static Set<String> names(ListenAddress address) {
        return Clients.names(address, 60);
    }
}
