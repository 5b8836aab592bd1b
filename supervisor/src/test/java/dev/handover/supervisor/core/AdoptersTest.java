package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may adopt what a dead worker left behind, and how long that may wait. */
class AdoptersTest {
    private static final SpecDraft WEB = SpecDraft.service("web");
    private static final ServiceName NAME = new ServiceName("web");
    private static final GenerationId ONE = new GenerationId(1);
    private static final GenerationId TWO = new GenerationId(2);

    private static WorkerId id(GenerationId generation, int index) {
        return new WorkerId(NAME, generation, index);
    }

    private static void adopts(Stage stage, String... workers) {
        for (String worker : workers) {
            String[] parts = worker.split("/[gw]");
            WorkerId id = id(new GenerationId(Integer.parseInt(parts[1])), Integer.parseInt(parts[2]));
            stage.happens(new Event.SaidAdopts(id, stage.pid(worker)));
        }
    }

    /** Each time that adopters were named: who. */
    private static List<String> named(Stage stage) {
        return stage.effects().stream()
                .filter(Effect.Adopters.class::isInstance)
                .map(effect -> ((Effect.Adopters) effect).adopters())
                .map(Map::keySet)
                .map(workers -> workers.stream().sorted().toList().toString())
                .toList();
    }

    private static Duration patience(Stage stage) {
        return stage.effects().stream()
                .filter(Effect.SteerAway.class::isInstance)
                .map(effect -> ((Effect.SteerAway) effect).patience())
                .reduce((one, last) -> last)
                .orElseThrow();
    }

    @Test
    void readyWorkersOfTheServingGenerationThatSaidSoAreNamedAsTheyComeAndGo() {
        Stage stage = Stage.serving(WEB.workers(3));
        adopts(stage, "web/g1/w1", "web/g1/w2");
        stage.exits("web/g1/w1", 137);
        stage.advance(Duration.ZERO);
        adopts(stage, "web/g1/w1");
        stage.ready("web/g1/w1");
        assertThat(named(stage))
                .containsExactly("[web/g1/w1]", "[web/g1/w1, web/g1/w2]", "[web/g1/w2]", "[web/g1/w1, web/g1/w2]");
    }

    @Test
    void aWorkerThatIsStartedAgainMustSaySoAgain() {
        Stage stage = Stage.serving(WEB);
        adopts(stage, "web/g1/w1");
        stage.exits("web/g1/w1", 137);
        stage.advance(Duration.ZERO);
        stage.ready("web/g1/w1");
        assertThat(named(stage)).containsExactly("[web/g1/w1]", "[]");
    }

    @Test
    void afterTheFlipTheyAreThoseOfTheNewGeneration() {
        Stage stage = Stage.serving(WEB);
        adopts(stage, "web/g1/w1");
        stage.steering(null).reload(WEB);
        adopts(stage, "web/g2/w1");
        stage.ready("web/g2/w1");
        assertThat(named(stage)).containsExactly("[web/g1/w1]");
        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        assertThat(named(stage)).containsExactly("[web/g1/w1]", "[web/g2/w1]");
    }

    @Test
    void whatADeadWorkerLeftBehindWaitsWhereItsGenerationAdopts() {
        Stage stage = Stage.serving(WEB.workers(2));
        adopts(stage, "web/g1/w2");
        stage.exits("web/g1/w1", 137);
        assertThat(patience(stage)).isEqualTo(WEB.spec().quiesceTimeout()).isPositive();
    }

    @Test
    void andDoesNotWhereNobodySaidSo() {
        Stage stage = Stage.serving(WEB.workers(2));
        stage.exits("web/g1/w1", 137);
        assertThat(patience(stage)).isZero();
        assertThat(named(stage)).isEmpty();
    }

    @Test
    void aWorkerThatDiesWhileItsGenerationRunsEmptyLeavesItsQueueToTheNewOne() {
        Stage stage = Stage.serving(WEB.workers(2));
        adopts(stage, "web/g1/w1");
        stage.steering(null).reload(WEB);
        stage.ready("web/g2/w1");
        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 QUIESCING", "2 SERVING");
        stage.exits("web/g1/w1", 137);
        assertThat(stage.effects())
                .contains(new Effect.SteerAway(id(ONE, 1), WEB.spec().quiesceTimeout()));
    }

    @Test
    void aServiceThatIsStoppedHasNone() {
        Stage stage = Stage.serving(WEB);
        adopts(stage, "web/g1/w1");
        stage.stop("web");
        assertThat(named(stage)).containsExactly("[web/g1/w1]", "[]");
    }
}
