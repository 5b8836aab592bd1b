package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a new generation is sent before its first client. */
class WarmUpTest {
    private static final SpecDraft PLAIN = SpecDraft.service("web").workers(2);
    private static final SpecDraft WEB = PLAIN.warmedUp();
    private static final ServiceName NAME = new ServiceName("web");
    private static final GenerationId TWO = new GenerationId(2);

    private final Stage stage = Stage.serving(WEB).steering(null);
    private final RequestId reload = stage.reload(WEB);

    private void bothReady() {
        stage.ready("web/g2/w1", "web/g2/w2");
    }

    private void warmedUp(boolean warm, String text) {
        stage.happens(new Event.WarmedUp(NAME, TWO, warm, text));
    }

    private static <T extends Effect> List<T> all(Stage stage, Class<T> kind) {
        return stage.effects().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private int flips() {
        return all(stage, Effect.Steer.class).size();
    }

    private PhaseReport warmUp() {
        return stage.report(reload).phases().stream()
                .filter(phase -> phase.phase() == Phase.WARM_UP)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theFlipWaitsUntilEachReadyWorkerHasBeenWarmedUp() {
        int before = flips();
        stage.ready("web/g2/w1");
        assertThat(all(stage, Effect.WarmUp.class)).isEmpty();

        stage.ready("web/g2/w2");
        assertThat(all(stage, Effect.WarmUp.class)).singleElement().satisfies(effect -> {
            assertThat(effect.generation()).isEqualTo(TWO);
            assertThat(effect.workers()).hasSize(2);
            assertThat(Optional.of(effect.warmUp())).isEqualTo(WEB.spec().warmUp());
        });
        stage.advance(Duration.ofSeconds(2));
        assertThat(flips()).isEqualTo(before);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");

        warmedUp(true, "web generation 2 is warm");
        assertThat(flips()).isEqualTo(before + 1);
        assertThat(stage.log()).contains("INFO web generation 2 is warm");
        assertThat(stage.progress(reload))
                .containsExactly(
                        "START of 2 began",
                        "START of 2 DONE",
                        "WARM_UP of 2 began",
                        "WARM_UP of 2 DONE",
                        "FLIP of 2 began");
    }

    @Test
    void aWarmUpThatFailedIsToldAndTheFlipFollowsAllTheSame() {
        bothReady();
        stage.steering(Mode.STEERED);
        warmedUp(false, "web generation 2 is not warm: refused");
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.log()).contains("WARN web generation 2 is not warm: refused");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(warmUp().end()).isEqualTo(PhaseEnd.NOT_WARM);
    }

    @Test
    void oneThatSteeringNeverAnswersEndsWithItsTimeAndAMargin() {
        bothReady();
        stage.advance(Duration.ofSeconds(29));
        assertThat(stage.progress(reload)).last().isEqualTo("WARM_UP of 2 began");
        stage.steering(Mode.STEERED).advance(Duration.ofSeconds(1));
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(warmUp()).isEqualTo(new PhaseReport(Phase.WARM_UP, Duration.ofSeconds(30), PhaseEnd.NOT_WARM));
        assertThat(stage.log()).contains("WARN web generation 2 is not warm: steering did not answer");
    }

    @Test
    void aWorkerThatDiesMeanwhileEndsTheHandoverAndTheOldGenerationServesOn() {
        bothReady();
        int before = flips();
        stage.exits("web/g2/w1", 1);
        assertThat(flips()).isEqualTo(before);
        stage.exits("web/g2/w2", 143);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason()).contains("generation 2 abandoned, generation 1 still serves");
        assertThat(warmUp().end()).isEqualTo(PhaseEnd.LEFT);
        assertThat(all(stage, Effect.Release.class))
                .as("what was held to warm it up")
                .contains(new Effect.Release(NAME, TWO));
        warmedUp(true, "too late");
        assertThat(flips()).isEqualTo(before);
    }

    @Test
    void aStopThatIsAskedForMeanwhileEndsIt() {
        bothReady();
        stage.stop("web");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.CANCELLED);
        assertThat(warmUp().end()).isEqualTo(PhaseEnd.CANCELLED);
    }

    @Test
    void clientsThatNobodyElseTakesDoNotWaitForIt() {
        bothReady();
        int before = flips();
        stage.exits("web/g1/w1", 1);
        assertThat(flips()).isEqualTo(before);
        stage.exits("web/g1/w2", 1);
        assertThat(flips()).isEqualTo(before + 1);
        assertThat(stage.log())
                .contains("WARN web generation 2 is not warm: nobody else takes new connections any more,"
                        + " so they wait for it");
    }

    @Test
    void aFirstStartHasNobodyElseAndIsNotWarmedUp() {
        assertThat(all(Stage.serving(WEB), Effect.WarmUp.class)).isEmpty();
    }

    @Test
    void whereThePredecessorIsNotSteeredToClientsComeAtOnce() {
        Stage plain = Stage.serving(PLAIN.plain());
        plain.reload(WEB);
        plain.ready("web/g2/w1", "web/g2/w2");
        assertThat(all(plain, Effect.WarmUp.class)).isEmpty();
        assertThat(plain.generations("web")).contains("2 SERVING");
    }
}
