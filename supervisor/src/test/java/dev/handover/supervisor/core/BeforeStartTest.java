package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The command that is run before the workers of a generation are started. */
class BeforeStartTest {
    private static final SpecDraft WEB = service("web").workers(2).beforeStart();
    private static final String FIRST = "web/g1/before-start";
    private static final String SECOND = "web/g2/before-start";

    private static Stage serving() {
        Stage stage = new Stage(WEB).boot();
        stage.exits(FIRST, 0);
        stage.ready("web/g1/w1", "web/g1/w2");
        stage.orders();
        return stage;
    }

    @Test
    void workersAreStartedWhenItHasExitedWithZero() {
        Stage stage = new Stage(WEB).boot();
        assertThat(stage.orders()).containsExactly("start " + FIRST);
        assertThat(stage.workers("web")).containsExactly("web/g1/w1 WAITING", "web/g1/w2 WAITING");

        stage.exits(FIRST, 0);

        assertThat(stage.orders()).containsExactly("start web/g1/w1", "start web/g1/w2");
    }

    @Test
    void itRunsOnceForEachGenerationAndNotForAWorkerThatIsStartedAgain() {
        Stage stage = serving();

        stage.exits("web/g1/w1", 1);
        stage.advance(Duration.ZERO);

        assertThat(stage.orders()).containsExactly("start web/g1/w1");
    }

    @Test
    void aReloadTellsOfItAsAPhase() {
        Stage stage = serving();
        RequestId reload = stage.reload(WEB);
        stage.exits(SECOND, 0);
        stage.ready("web/g2/w1", "web/g2/w2");

        assertThat(stage.progress(reload))
                .startsWith("BEFORE_START of 2 began", "BEFORE_START of 2 DONE", "START of 2 began");
        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    @Test
    void oneThatFailsAbandonsTheNewGenerationAndTheAnswerHasItsLastLines() {
        Stage stage = serving();
        RequestId reload = stage.reload(WEB);

        stage.exits(SECOND, 3, "no such table");

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason())
                .isEqualTo(SECOND + " (pid 104) exited with 3; generation 2 abandoned, generation 1 still serves");
        assertThat(stage.report(reload).lastLines()).containsExactly("no such table");
        assertThat(stage.report(reload).phases())
                .singleElement()
                .matches(phase -> phase.phase() == Phase.BEFORE_START && phase.end() == PhaseEnd.COMMAND_FAILED);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.orders()).containsExactly("start " + SECOND);
    }

    @Test
    void oneThatIsTooSlowIsKilledAndTheAnswerWaitsForItsEnd() {
        Stage stage = serving();
        RequestId reload = stage.reload(WEB);

        stage.advance(Duration.ofSeconds(60));
        assertThat(stage.orders()).containsExactly("start " + SECOND, "SIGKILL to " + SECOND);
        assertThat(stage.isAnswered(reload)).isFalse();
        stage.exits(SECOND, 137, "still at it");

        assertThat(stage.report(reload).reason())
                .startsWith(SECOND + " (pid 104) was not done within 60 s; generation 2 abandoned");
        assertThat(stage.report(reload).lastLines()).containsExactly("still at it");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void oneThatCannotBeStartedAbandonsTheNewGeneration() {
        Stage stage = serving();
        stage.refuseStarts("there is no program 'migrate' on PATH");

        RequestId reload = stage.reload(WEB);

        assertThat(stage.report(reload).reason())
                .startsWith(SECOND + " could not be started: there is no program 'migrate' on PATH; generation 2");
    }

    @Test
    void oneThatIsKilledBeforeItsStartIsKnownIsKilledThen() {
        Stage stage = serving();
        stage.holdStarts();
        stage.reload(WEB);
        RequestId stop = stage.stop("web");
        stage.reportStarts();

        assertThat(stage.orders()).contains("SIGKILL to " + SECOND);
        stage.exits(SECOND, 137);
        stage.exits("web/g1/w1", 0);
        stage.exits("web/g1/w2", 0);
        assertThat(stage.isAnswered(stop)).isTrue();
    }

    @Test
    void aFirstStartIsTriedAgainEverLater() {
        Stage stage = new Stage(WEB).boot();

        stage.exits(FIRST, 1, "no database");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
        assertThat(stage.service("web").reason()).isEqualTo(FIRST + " (pid 101) exited with 1");
        assertThat(stage.service("web").lastLines()).containsExactly("no database");
        stage.advance(Duration.ZERO);
        stage.exits(FIRST, 1);
        stage.advance(Duration.ofMillis(200));
        stage.exits(FIRST, 0);
        stage.ready("web/g1/w1", "web/g1/w2");

        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.service("web").reason()).isEmpty();
    }

    @Test
    void aFirstStartIsGivenUpWhenItFailsMoreOftenThanWorkersMay() {
        Stage stage = new Stage(WEB.mostRestarts(1)).boot();

        stage.exits(FIRST, 1);
        stage.advance(Duration.ZERO);
        stage.exits(FIRST, 1);

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
        assertThat(stage.service("web").generations()).isEmpty();
        assertThat(stage.service("web").reason())
                .isEqualTo(FIRST + " (pid 102) exited with 1; given up after 1 restart within 60 s;"
                        + " supervisorctl start web tries again");
    }

    @Test
    void theNextSupervisorEndsOneThatRunsAndTheOldGenerationServesOn() {
        Stage stage = serving();
        stage.reload(WEB);

        Stage next = stage.crash().adopt();

        assertThat(next.orders()).contains("adopt " + SECOND, "SIGKILL to " + SECOND);
        next.exits(SECOND, 137);
        assertThat(next.generations("web")).containsExactly("1 SERVING");
        next.stop("web");
        next.exits("web/g1/w1", 0);
        next.exits("web/g1/w2", 0);
        assertThat(next.service("web").state()).isEqualTo(ServiceState.STOPPED);
    }

    @Test
    void whatItSaysLikeAWorkerIsIgnored() {
        Stage stage = new Stage(WEB).boot();

        stage.ready(FIRST);

        assertThat(stage.workers("web")).containsExactly("web/g1/w1 WAITING", "web/g1/w2 WAITING");
    }
}
