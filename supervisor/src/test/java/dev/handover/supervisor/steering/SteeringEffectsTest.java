package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.EveryKind;
import org.junit.jupiter.api.Test;

class SteeringEffectsTest {
    @Test
    void aServiceIsSteeredByWhateverTheCoreDecided() throws Exception {
        try (LinuxKernel kernel = new LinuxKernel()) {
            HandTurns turns = new HandTurns();
            ServiceSteering steering = new ServiceSteering(
                    Workers.WEB,
                    kernel,
                    new Roster(Workers.WEB, new Groups(kernel), kernel),
                    event -> {},
                    warning -> {},
                    (worker, listener) -> false,
                    Steered.NOTHING,
                    new Strangers(kernel, pid -> false, warning -> {}),
                    new Rivals(kernel, pid -> false, warning -> {}),
                    (process, ended) -> {},
                    turns);
            assertThat(EveryKind.of(Effect.OfSteering.class))
                    .allSatisfy(effect -> assertThatCode(() -> steering.perform(effect, turns.now()))
                            .doesNotThrowAnyException());
        }
    }
}
