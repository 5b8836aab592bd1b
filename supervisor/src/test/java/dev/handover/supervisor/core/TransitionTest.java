package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.terms.WorkerState;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A step that is not drawn is refused, and nothing happens. */
class TransitionTest {
    private static final ServiceSpec WEB = service("web").workers(2).spec();

    @Test
    void aGenerationThatStartsCannotQuiesceAndStaysWhatItWas() {
        Turn turn = new Turn(5, Instant.EPOCH);
        Generation generation = Generation.start(WEB, new GenerationId(1), AfterDeath.NOTHING, turn);
        List<Effect> before = List.copyOf(turn.effects());
        Report.GenerationStatus status = generation.status(9);

        assertThatThrownBy(() -> generation.quiesce("by mistake", turn))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("web generation 1: STARTING -> QUIESCING");

        assertThat(turn.effects()).isEqualTo(before);
        assertThat(generation.status(9)).isEqualTo(status);
    }

    @Test
    void aGenerationThatDrainsCannotServeAgain() {
        Turn turn = new Turn(5, Instant.EPOCH);
        Generation generation = Generation.start(WEB, new GenerationId(1), AfterDeath.NOTHING, turn);
        generation.steer("ready", false, turn);
        generation.serve("ready", turn);
        generation.drain("handed over", turn);
        List<Effect> before = List.copyOf(turn.effects());

        assertThatThrownBy(() -> generation.serve("by mistake", turn)).isInstanceOf(IllegalStateException.class);

        assertThat(turn.effects()).isEqualTo(before);
        assertThat(generation.state()).isEqualTo(GenerationState.DRAINING);
    }

    @Test
    void aWorkerThatServesCannotBeAdoptedAndStaysWhatItWas() {
        Turn turn = new Turn(5, Instant.EPOCH);
        Worker worker = new Worker(new WorkerId(WEB.name(), new GenerationId(1), 1), WEB, 5);
        worker.adopt(new ProcessId(7, 70), turn);
        List<Effect> before = List.copyOf(turn.effects());

        assertThatThrownBy(() -> worker.adopt(new ProcessId(8, 80), turn))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("web/g1/w1: READY -> STARTING");

        assertThat(turn.effects()).isEqualTo(before);
        assertThat(worker.process()).contains(new ProcessId(7, 70));
    }

    @Test
    void aHandoverCannotDrainTheOldGenerationBeforeTheFlipAndStaysWhereItWas() {
        Turn turn = new Turn(5, Instant.EPOCH);
        Generation old = Generation.start(WEB, new GenerationId(1), AfterDeath.NOTHING, turn);
        Generation to = Generation.start(WEB, new GenerationId(2), AfterDeath.NOTHING, turn);
        Handover handover = Handover.begin(
                new Caller.OfReload(new RequestId(1), 1, new Moves(Map.of(), Map.of()), Map.of()),
                Optional.of(old),
                to,
                Optional.empty(),
                turn);
        List<Effect> before = List.copyOf(turn.effects());

        assertThatThrownBy(() ->
                        handover.enter(new Phases.Draining(handover, old), Report.PhaseEnd.DONE, "by mistake", turn))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the handover to web generation 2 can't go from START to DRAIN");
        assertThatThrownBy(() -> handover.complete(Report.PhaseEnd.DONE, "by mistake", turn))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the handover to web generation 2 can't be complete with START");

        assertThat(turn.effects()).isEqualTo(before);
        assertThat(old.state()).isEqualTo(GenerationState.STARTING);
        assertThat(handover.hasEnded()).isFalse();
    }

    @Test
    void everyPhaseMayFollowSomethingAndEachLeadsToTheEnd() {
        for (Phase phase : Phase.values()) {
            assertThat(Phase.first().contains(phase)
                            || Arrays.stream(Phase.values())
                                    .anyMatch(before -> before.next().contains(phase)))
                    .as("%s can be reached", phase)
                    .isTrue();
            assertThat(phase.mayBeLast() || !phase.next().isEmpty())
                    .as("%s leads on", phase)
                    .isTrue();
        }
    }

    @Test
    void theLastStatesLeadNowhereAndEveryOtherLeadsThere() {
        assertThat(GenerationState.STOPPED.next()).isEmpty();
        assertThat(WorkerState.EXITED.next()).isEmpty();
        for (GenerationState state : GenerationState.values()) {
            assertThat(state == GenerationState.STOPPED || !state.next().isEmpty())
                    .isTrue();
        }
        for (WorkerState state : WorkerState.values()) {
            assertThat(state == WorkerState.EXITED || state.next().contains(WorkerState.EXITED))
                    .isTrue();
        }
    }

    @Test
    void aMemoryThatWouldLeadToAReusedNumberIsRefused() {
        Remembered second = new Remembered(WEB, new GenerationId(2), GenerationState.SERVING, Map.of(), false);
        TreeMap<ServiceName, GenerationId> newest = new TreeMap<>(Map.of(WEB.name(), new GenerationId(1)));

        assertThatThrownBy(() -> new Memory(
                        newest, List.of(second), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("web has generation 2, but its newest is said to be 1");
    }
}
