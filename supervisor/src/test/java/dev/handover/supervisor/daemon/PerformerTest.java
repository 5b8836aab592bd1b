package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.ChronicleFile;
import dev.handover.supervisor.control.HappeningJson;
import dev.handover.supervisor.linux.SystemdNotifier;
import dev.handover.supervisor.state.StateFile;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.EveryKind;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerformerTest {
    private final List<Class<?>> taken = new ArrayList<>();
    private final Performer performer = new Performer(
            effect -> taken.add(Effect.OfProcess.class),
            effect -> taken.add(Effect.OfProtocol.class),
            effect -> taken.add(Effect.OfWatch.class),
            effect -> taken.add(Effect.OfWitness.class),
            effect -> taken.add(Effect.OfSteering.class),
            effect -> taken.add(Effect.OfRequest.class),
            effect -> taken.add(Effect.OfSupervisor.class));

    @Test
    void eachEffectIsTakenByTheOneEdgeOfItsFamily() {
        for (Effect effect : EveryKind.of(Effect.class)) {
            taken.clear();
            performer.perform(List.of(effect));
            assertThat(taken)
                    .as(effect.toString())
                    .singleElement()
                    .satisfies(family -> assertThat(effect).isInstanceOf(family));
        }
    }

    @Test
    void onlyALastEffectEndsTheSupervisorAndOnlyAfterAllElse() {
        for (Effect effect : EveryKind.of(Effect.class)) {
            assertThat(performer.perform(List.of(effect)).isPresent()).isEqualTo(effect instanceof Effect.Last);
        }
        taken.clear();
        assertThat(performer.perform(List.of(new Effect.End(), new Effect.End())))
                .contains(new Effect.End());
        assertThat(taken).hasSize(2);
    }

    @Test
    void whoeverAskedIsToldWhateverThereIsToTell() {
        Answering answering = new Answering(
                new Pending(event -> {}),
                asked -> CompletableFuture.completedFuture(Map.of()),
                Map::of,
                services -> Map.of(),
                new SentSignals((process, signal, to) -> Optional.of("it has ended")));
        assertThat(EveryKind.of(Effect.OfRequest.class))
                .allSatisfy(effect ->
                        assertThatCode(() -> answering.perform(effect)).doesNotThrowAnyException());
    }

    @Test
    void theSupervisorKnowsHowToDoAllThatItDoesForItself(@TempDir Path folder) throws Exception {
        try (Log log = new Log(Level.ERROR, false, new ByteArrayOutputStream(), Optional.empty());
                StateFile state = StateFile.open(folder.resolve("state"));
                Chronicle chronicle = new Chronicle(
                        new ChronicleFile(folder.resolve("events"), log::warn), HappeningJson::of, log::warn)) {
            Systemd systemd = new Systemd(SystemdNotifier.of(Map.of(), 1), Map.of(), log);
            Upkeep upkeep = new Upkeep(state, chronicle, systemd, http -> {}, told -> {}, event -> {}, log);
            assertThat(EveryKind.of(Effect.OfSupervisor.class))
                    .allSatisfy(effect ->
                            assertThatCode(() -> upkeep.perform(effect)).doesNotThrowAnyException());
        }
    }
}
