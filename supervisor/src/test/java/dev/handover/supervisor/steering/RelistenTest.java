package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.SteeringStatus.Role;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker of the serving generation closes its listener, runs on, and opens another. */
@Timeout(300)
class RelistenTest {
    private static final WorkerId FIRST = Workers.id(1, 1);
    private static final WorkerId SECOND = Workers.id(1, 2);

    private final SockDiag sockets = new SockDiag();
    private final Workers workers = new Workers();
    private final Steered steering = new Steered();
    private ListenAddress address;
    private Map<WorkerId, ProcessId> running;

    RelistenTest() throws IOException {}

    @BeforeEach
    void serve() throws Exception {
        address = Workers.free("tcp://127.0.0.1:%d");
        running = workers.start(1, 2, "", address);
        steering.flip(1, running, address);
    }

    @AfterEach
    void close() {
        sockets.close();
        steering.close();
        workers.close();
    }

    @Test
    void itsSiblingServesUntilItListensAgain() throws Exception {
        toggle(FIRST, false);
        steering.relisten(FIRST, running.get(FIRST));
        assertThat(names()).containsExactly("web/g1/w2");

        toggle(FIRST, true);
        steering.relisten(FIRST, running.get(FIRST));
        assertThat(names()).containsExactly("web/g1/w1", "web/g1/w2");
        assertThat(steering.roles()).containsExactly(Role.SERVES, Role.SERVES);

        steering.flip(2, workers.start(2, 2, "", address), address);
        assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        workers.end(1);
        assertThat(steering.release(1).verdict()).isEqualTo("lossless");
        assertThat(steering.warnings()).isEmpty();
    }

    @Test
    void whereNobodyListensNobodyIsSteeredToUntilOneDoes() throws Exception {
        for (WorkerId worker : List.of(FIRST, SECOND)) {
            toggle(worker, false);
            steering.relisten(worker, running.get(worker));
        }
        assertThat(steering.roles()).doesNotContain(Role.SERVES);

        toggle(SECOND, true);
        steering.relisten(SECOND, running.get(SECOND));
        assertThat(steering.roles()).containsExactly(Role.SERVES);
        assertThat(names()).containsExactly("web/g1/w2");
    }

    @Test
    void whileItsGenerationIsYoungNobodyNeedsToTellOfIt() throws Exception {
        toggle(FIRST, false);
        await().atMost(Duration.ofSeconds(5)).until(() -> names().equals(Set.of("web/g1/w2")));

        toggle(FIRST, true);
        await().atMost(Duration.ofSeconds(5)).until(() -> names().equals(Set.of("web/g1/w1", "web/g1/w2")));
    }

    private void toggle(WorkerId worker, boolean listens) throws Exception {
        long pid = running.get(worker).pid();
        workers.signal("USR2", worker);
        await().atMost(Duration.ofMinutes(2))
                .until(() ->
                        new ListenerProbe(sockets).search(pid, List.of(address)).complete() == listens);
    }

    private Set<String> names() {
        return Clients.names(address, 40);
    }
}
