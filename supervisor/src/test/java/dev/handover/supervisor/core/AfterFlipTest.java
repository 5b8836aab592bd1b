package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The command that is run once new connections go to a generation. */
class AfterFlipTest {
    private static final SpecDraft WEB = service("web").afterFlip();
    private static final String FIRST = "web/g1/after-flip";
    private static final String SECOND = "web/g2/after-flip";

    private static Stage serving() {
        Stage stage = new Stage(WEB).boot();
        stage.ready("web/g1/w1");
        stage.exits(FIRST, 0);
        stage.orders();
        return stage;
    }

    /** Whose second generation serves, and whose first has gone. */
    private static Stage handedOver(Stage stage) {
        stage.ready("web/g2/w1");
        stage.drains("web/g1/w1");
        return stage;
    }

    @Test
    void itIsStartedWhenTheFirstGenerationServesAndNotBefore() {
        Stage stage = new Stage(WEB).boot();
        assertThat(stage.orders()).containsExactly("start web/g1/w1");

        stage.ready("web/g1/w1");

        assertThat(stage.orders()).containsExactly("start " + FIRST);
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
    }

    @Test
    void itRunsOnceForEachGenerationAndNotForAWorkerThatIsStartedAgain() {
        Stage stage = serving();

        stage.exits("web/g1/w1", 1);
        stage.advance(Duration.ZERO);
        stage.ready("web/g1/w1");

        assertThat(stage.orders()).containsExactly("start web/g1/w1");
    }

    @Test
    void itRunsBesideTheOldGenerationsDrainAndTheAnswerWaitsForItsEnd() {
        Stage stage = serving();
        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1");
        assertThat(stage.orders()).containsExactly("start web/g2/w1", "start " + SECOND, "DRAIN 60 s to web/g1/w1");
        stage.advance(Duration.ofSeconds(2));
        stage.drains("web/g1/w1");
        assertThat(stage.isAnswered(reload)).isFalse();
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
        stage.advance(Duration.ofSeconds(3));

        stage.exits(SECOND, 0);

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.report(reload).phases())
                .last()
                .isEqualTo(new PhaseReport(Phase.AFTER_FLIP, Duration.ofSeconds(5), PhaseEnd.DONE));
        assertThat(stage.progress(reload)).endsWith("AFTER_FLIP of 2 began", "AFTER_FLIP of 2 DONE");
    }

    @Test
    void oneThatEndsWhileTheOldGenerationDrainsTookNoLongerThanThat() {
        Stage stage = serving();
        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1");
        stage.advance(Duration.ofSeconds(1));
        stage.exits(SECOND, 0);
        stage.advance(Duration.ofSeconds(7));
        assertThat(stage.isAnswered(reload)).isFalse();

        stage.drains("web/g1/w1");

        assertThat(stage.report(reload).phases())
                .last()
                .isEqualTo(new PhaseReport(Phase.AFTER_FLIP, Duration.ofSeconds(1), PhaseEnd.DONE));
    }

    @Test
    void oneThatFailsFailsTheReloadAndLeavesTheNewGenerationServing() {
        Stage stage = serving();
        RequestId reload = stage.reload(WEB);
        handedOver(stage);

        stage.exits(SECOND, 3, "no such host");

        ReloadReport report = stage.report(reload);
        assertThat(report.outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(report.reason()).isEqualTo("web generation 2 serves, but " + SECOND + " (pid 104) exited with 3");
        assertThat(report.lastLines()).containsExactly("no such host");
        assertThat(report.ledger()).isPresent();
        assertThat(report.phases())
                .last()
                .matches(phase -> phase.phase() == Phase.AFTER_FLIP && phase.end() == PhaseEnd.COMMAND_FAILED);
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
        assertThat(stage.service("web").lastReload().orElseThrow().reason()).isEqualTo(report.reason());
        assertThat(stage.service("web").reason()).as("told by the last reload").isEmpty();
        assertThat(stage.log()).contains("ERROR " + SECOND + " (pid 104) exited with 3");
    }

    @Test
    void whatAFirstStartsCommandCameToIsShownAsLongAsThatGenerationServes() {
        Stage stage = new Stage(WEB).boot();
        stage.ready("web/g1/w1");

        stage.exits(FIRST, 1, "no such host");

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
        assertThat(stage.service("web").reason()).isEqualTo(FIRST + " (pid 102) exited with 1");
        assertThat(stage.service("web").lastLines()).containsExactly("no such host");
        stage.advance(Duration.ofMinutes(5));
        assertThat(stage.orders()).as("it is not tried again").containsExactly("start web/g1/w1", "start " + FIRST);
        stage.reload(WEB);
        handedOver(stage).exits(SECOND, 0);
        assertThat(stage.service("web").reason()).isEmpty();
    }

    @Test
    void oneThatIsTooSlowIsKilled() {
        Stage stage = serving();
        RequestId reload = stage.reload(WEB);
        handedOver(stage);
        stage.orders();

        stage.advance(Duration.ofSeconds(60));
        assertThat(stage.orders()).containsExactly("SIGKILL to " + SECOND);
        assertThat(stage.isAnswered(reload)).isFalse();
        stage.exits(SECOND, 137, "still at it");

        assertThat(stage.report(reload).reason())
                .isEqualTo("web generation 2 serves, but " + SECOND + " (pid 104) was not done within 60 s");
        assertThat(stage.report(reload).lastLines()).containsExactly("still at it");
        assertThat(stage.report(reload).phases())
                .last()
                .isEqualTo(new PhaseReport(Phase.AFTER_FLIP, Duration.ofSeconds(60), PhaseEnd.COMMAND_FAILED));
    }

    @Test
    void oneThatCannotBeStartedFailsTheReloadAndNothingElse() {
        Stage stage = serving();
        RequestId reload = stage.reload(WEB);
        stage.refuseStarts("there is no program 'purge' on PATH");

        handedOver(stage);

        assertThat(stage.report(reload).reason())
                .isEqualTo("web generation 2 serves, but " + SECOND
                        + " could not be started: there is no program 'purge' on PATH");
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void anAbandonedGenerationHasNone() {
        Stage stage = serving();
        stage.reload(WEB);

        stage.exits("web/g2/w1", 1);

        assertThat(stage.orders()).containsExactly("start web/g2/w1");
    }

    @Test
    void aReloadThatIsAskedForMeanwhileWaits() {
        Stage stage = serving();
        stage.reload(WEB);
        handedOver(stage);
        stage.orders();

        stage.reload(WEB);
        assertThat(stage.orders()).isEmpty();
        stage.exits(SECOND, 0);

        assertThat(stage.orders()).containsExactly("start web/g3/w1");
    }

    @Test
    void oneOfAFirstStartIsEndedWhenItsGenerationLeaves() {
        Stage stage = new Stage(WEB).boot();
        stage.ready("web/g1/w1");
        stage.orders();

        stage.reload(WEB);
        stage.ready("web/g2/w1");

        assertThat(stage.orders())
                .containsExactly(
                        "start web/g2/w1", "SIGKILL to " + FIRST, "start " + SECOND, "DRAIN 60 s to web/g1/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.generations("web")).contains("1 DRAINING");
        stage.exits(FIRST, 137);
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void aStopEndsItAndCancelsTheReload() {
        Stage stage = serving();
        RequestId reload = stage.reload(WEB);
        handedOver(stage);
        stage.orders();

        RequestId stop = stage.stop("web");
        assertThat(stage.orders()).containsExactly("SIGKILL to " + SECOND, "DRAIN 60 s to web/g2/w1");
        stage.drains("web/g2/w1");
        assertThat(stage.isAnswered(stop)).isFalse();
        stage.exits(SECOND, 137);

        assertThat(stage.isAnswered(stop)).isTrue();
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.CANCELLED);
    }

    @Test
    void theNextSupervisorEndsOneThatRunsAndRunsItAgain() {
        Stage stage = serving();
        stage.reload(WEB);
        handedOver(stage);

        Stage next = stage.crash().adopt();
        assertThat(next.orders()).contains("adopt " + SECOND, "SIGKILL to " + SECOND);
        next.exits(SECOND, 137);
        assertThat(next.orders()).containsExactly("start " + SECOND);
        next.exits(SECOND, 1, "no such host");

        assertThat(next.generations("web")).containsExactly("2 SERVING");
        assertThat(next.service("web").reason()).isEqualTo(SECOND + " (pid 105) exited with 1");
    }

    @Test
    void theNextSupervisorRunsOneThatHasEndedUnseen() {
        Stage stage = serving();
        stage.reload(WEB);
        handedOver(stage);
        stage.dies(SECOND);

        Stage next = stage.crash().adopt();

        assertThat(next.orders()).contains("start " + SECOND);
    }

    @Test
    void whatWasSeenToEndIsNotRunAgainByTheNextSupervisor() {
        Stage stage = serving();

        Stage next = stage.crash().adopt();
        next.advance(Duration.ofMinutes(2));

        assertThat(next.orders()).doesNotContain("start " + FIRST);
    }

    @Test
    void aHandoverThatIsGoneOnWithWaitsForTheOneThatIsRunAgain() {
        Stage stage = serving();
        stage.reload(WEB);
        stage.ready("web/g2/w1");

        Stage next = stage.crash().adopt();
        next.drains("web/g1/w1");
        next.exits(SECOND, 137);
        RequestId waits = next.reload(WEB);
        assertThat(next.generations("web")).containsExactly("2 SERVING");
        next.exits(SECOND, 0);

        assertThat(next.generations("web")).containsExactly("2 SERVING", "3 STARTING");
        assertThat(next.isAnswered(waits)).isFalse();
    }

    @Test
    void theNextSupervisorOnlyEndsTheOneOfAServiceThatIsGone() {
        Stage stage = serving();
        stage.reload(WEB);
        handedOver(stage);

        Stage next = stage.crash(service("dns")).adopt();
        next.exits(SECOND, 137);
        next.drains("web/g2/w1");

        assertThat(next.orders()).doesNotContain("start " + SECOND);
        assertThat(next.services()).hasSize(1);
    }

    @Test
    void itIsStartedAfterTheStateIsSavedThatOwesIt() {
        Stage stage = new Stage(WEB).boot();
        stage.ready("web/g1/w1");
        List<Effect> effects = stage.effects();
        Effect start = effects.stream()
                .filter(effect -> effect instanceof Effect.StartWorker one
                        && one.worker().toString().equals(FIRST))
                .findFirst()
                .orElseThrow();

        assertThat(effects.subList(0, effects.indexOf(start)))
                .anyMatch(effect -> effect instanceof Effect.Save save
                        && save.memory().generations().stream().anyMatch(one -> one.owesAfterFlip()));
    }
}
