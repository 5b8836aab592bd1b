package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WorkerId;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Back to a generation that has been steered away from and has run empty, in the kernel that runs. */
@Timeout(300)
class StandbyTest {
    private static final int CLIENTS = 40;

    private final Workers workers = new Workers();
    private final Steered steering = new Steered();

    @AfterEach
    void close() {
        steering.close();
        workers.close();
    }

    private static Event steered(int generation) {
        return new Event.Steered(Workers.WEB, Workers.generation(generation), Ledger.Mode.STEERED, "");
    }

    /** Whose second generation serves, and whose first has run empty. */
    private Map<WorkerId, ProcessId> standingBy(int old, int next, ListenAddress address) throws Exception {
        Map<WorkerId, ProcessId> first = workers.start(1, old, "", address);
        steering.flip(1, first, address);
        steering.flip(2, workers.start(2, next, "", address), address);
        assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        return first;
    }

    @ParameterizedTest
    @CsvSource({"tcp://127.0.0.1:%d, 1, 1", "tcp://127.0.0.1:%d, 2, 3", "tcp://[::]:%d?dual-stack, 3, 2"})
    void noConnectionIsLostOrLateOnTheWayBack(String form, int old, int next) throws Exception {
        ListenAddress address = Workers.free(form);
        Map<WorkerId, ProcessId> first = standingBy(old, next, address);
        Clients clients = new Clients(address);

        assertThat(steering.steerBack(1, first, address)).isEqualTo(steered(1));

        assertThat(Clients.names(address, CLIENTS)).allMatch(name -> name.startsWith("web/g1/"));
        assertThat(steering.quiesce(2, Steered.LIMIT).empty()).isTrue();
        workers.end(2);
        Ledger ledger = steering.release(2);
        assertThat(ledger.isLossless()).as(ledger.toString()).isTrue();
        assertThat(clients.served().keySet()).allMatch(name -> name.startsWith("web/g"));
        assertThat(clients.sentAgain()).as("SYNs sent again").isZero();
        assertThat(steering.warnings()).isEmpty();
    }

    @Test
    void forthAndBackAndForthAgain() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        Map<WorkerId, ProcessId> first = standingBy(2, 2, address);
        for (int bad = 2; bad <= 4; bad++) {
            assertThat(steering.steerBack(1, first, address)).isEqualTo(steered(1));
            assertThat(steering.quiesce(bad, Steered.LIMIT).empty()).isTrue();
            workers.end(bad);
            assertThat(steering.release(bad).isLossless()).isTrue();
            steering.flip(bad + 1, workers.start(bad + 1, 2, "", address), address);
            assertThat(steering.quiesce(1, Steered.LIMIT).empty()).isTrue();
        }
        assertThat(Clients.names(address, CLIENTS)).containsExactly("web/g5/w1", "web/g5/w2");
    }

    @Test
    void flowsOfDatagramsComeBackToo() throws Exception {
        ListenAddress address = Workers.free("udp://127.0.0.1:%d");
        Map<WorkerId, ProcessId> first = standingBy(2, 2, address);

        assertThat(steering.steerBack(1, first, address)).isEqualTo(steered(1));

        assertThat(steering.quiesce(2, Steered.LIMIT).empty()).isTrue();
        workers.end(2);
        assertThat(steering.release(2).groups().get(0).leftAtRelease()).isZero();
    }

    @Test
    void whoHasDiedMeanwhileIsNotSteeredBackTo() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        Map<WorkerId, ProcessId> first = standingBy(2, 1, address);
        workers.kill(Workers.id(1, 1));
        steering.steerAway(Workers.id(1, 1));

        assertThat(steering.steerBack(1, first, address)).isEqualTo(steered(1));

        assertThat(Clients.names(address, CLIENTS)).containsExactly("web/g1/w2");
    }

    @Test
    void whereNoneIsLeftEverythingStaysAsItIs() throws Exception {
        ListenAddress address = Workers.free("tcp://127.0.0.1:%d");
        Map<WorkerId, ProcessId> first = standingBy(1, 2, address);
        workers.kill(Workers.id(1, 1));

        assertThat(steering.steerBack(1, first, address)).isInstanceOf(Event.Unfit.class);

        assertThat(Clients.names(address, CLIENTS)).containsExactly("web/g2/w1", "web/g2/w2");
    }

    /** What the one before had sealed takes new connections again. */
    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::]:%d?dual-stack"})
    void theNextSupervisorLeadsNewConnectionsBack(String form) throws Exception {
        ListenAddress address = Workers.free(form);
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        Map<WorkerId, ProcessId> second = workers.start(2, 2, "", address);
        try (Steered earlier = new Steered()) {
            earlier.flip(1, first, address);
            earlier.flip(2, second, address);
            assertThat(earlier.quiesce(1, Steered.LIMIT).empty()).isTrue();
        }
        steering.flip(2, second, address);
        steering.holdLeaving(first, address);

        assertThat(steering.steerBack(1, first, address)).isEqualTo(steered(1));

        assertThat(Clients.names(address, CLIENTS)).containsExactly("web/g1/w1", "web/g1/w2");
        assertThat(steering.quiesce(2, Steered.LIMIT).empty()).isTrue();
        workers.end(2);
        steering.release(2);
    }

    /** Of both generations only the one that was steered away from has outlived its supervisor. */
    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::]:%d?dual-stack"})
    void theNextSupervisorLeadsNewConnectionsToTheOneThatIsLeft(String form) throws Exception {
        ListenAddress address = Workers.free(form);
        Map<WorkerId, ProcessId> first = workers.start(1, 2, "", address);
        try (Steered earlier = new Steered()) {
            earlier.flip(1, first, address);
            earlier.flip(2, workers.start(2, 2, "", address), address);
            assertThat(earlier.quiesce(1, Steered.LIMIT).empty()).isTrue();
        }
        workers.end(2);
        steering.holdLeaving(first, address);

        steering.flip(1, first, address);

        assertThat(Clients.names(address, CLIENTS)).containsExactly("web/g1/w1", "web/g1/w2");
    }
}
