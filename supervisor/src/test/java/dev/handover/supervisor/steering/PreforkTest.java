package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketRow;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker whose children each listen: of a child's end nobody but the kernel tells. */
@Timeout(300)
class PreforkTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final WorkerId WORKER = Workers.id(1, 1);

    private final SockDiag sockets = new SockDiag();
    private final Workers workers = new Workers();
    private final Steered steering = new Steered();

    PreforkTest() throws IOException {}

    @AfterEach
    void close() {
        sockets.close();
        steering.close();
        workers.close();
    }

    @Test
    void childThatEndsGetsNobodyAndTheNextOneItsShare() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        ProcessId worker = workers.startPrefork(WORKER, 2, address);
        steering.flip(1, Map.of(WORKER, worker), address);
        Set<String> children = served(address);
        assertThat(children).hasSize(2);

        String victim = children.iterator().next();
        ProcessHandle.of(Long.parseLong(victim)).orElseThrow().destroyForcibly();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(served(address)).hasSize(2).doesNotContain(victim));

        WorkerId next = Workers.id(2, 1);
        steering.flip(2, Map.of(next, workers.startPrefork(next, 2, address)), address);
        assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        workers.end(1);
        assertThat(steering.release(1).verdict()).isEqualTo("lossless");
        assertThat(served(address)).hasSize(2);
    }

    @Test
    void clientsOfTheOnlyChildWaitForTheNextOne() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        ProcessId worker = workers.startPrefork(WORKER, 1, address);
        steering.flip(1, Map.of(WORKER, worker), address);
        String victim = served(address).iterator().next();
        workers.signal("STOP", WORKER); // it starts no other yet
        List<SocketRow> dead = sockets.listeners(address);
        long child = Long.parseLong(victim);
        ProcessHandle.of(child).orElseThrow().destroyForcibly();
        await().atMost(PATIENCE).until(() -> Processes.stat(child).orElseThrow().state() == 'Z');
        await().atMost(PATIENCE).until(() -> !sockets.listeners(address).equals(dead)); // the stand-in has joined
        steering.settle();
        CompletableFuture<String> client = CompletableFuture.supplyAsync(() -> name(address));
        workers.signal("CONT", WORKER);
        assertThat(client.get(60, TimeUnit.SECONDS)).matches("[0-9]+").isNotEqualTo(victim);
    }

    private static String name(ListenAddress address) {
        return Clients.one(new InetSocketAddress(address.address(), address.port()));
    }

    private static Set<String> served(ListenAddress address) {
        Set<String> names = Clients.names(address, 40);
        assertThat(names).allMatch(name -> name.matches("[0-9]+"));
        return names;
    }
}
