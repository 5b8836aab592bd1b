package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.Request.CanaryDecision;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How many generations of a service may be alive at once, and what becomes of a reload that would be one too many. */
class MaxGenerationsTest {
    private static final SpecDraft WEB = service("web").listen("tcp://127.0.0.1:80");
    private static final SpecDraft THREE = WEB.maxGenerations(3);

    /** Whose first generation drains, for up to 60 s, while the second one serves. */
    private static Stage draining(SpecDraft web) {
        Stage stage = Stage.serving(web);
        stage.reload(web);
        stage.comesUp("web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        stage.orders();
        return stage;
    }

    private static void steered(Stage stage, int generation) {
        stage.happens(new Event.Steered(new ServiceName("web"), new GenerationId(generation), Ledger.Mode.STEERED, ""));
    }

    private static void quiesced(Stage stage, int generation) {
        stage.happens(new Event.Quiesced(new ServiceName("web"), new GenerationId(generation), true, ""));
    }

    private static RequestId reload(Stage stage, SpecDraft web, IfBusy busy) {
        return stage.ask(new Request.Reload(
                Stage.configuration(web), Optional.empty(), CanaryOrder.AS_CONFIGURED, busy, Stage.OPERATOR));
    }

    @Test
    void aReloadBeginsWhileAnOlderGenerationDrainsAsLongAsThereIsRoom() {
        Stage stage = Stage.serving(THREE);
        RequestId first = stage.reload(THREE);
        stage.comesUp("web/g2/w1");

        RequestId second = stage.reload(THREE);
        assertThat(stage.accepted(second)).containsExactly("reload of web");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 STARTING");
        stage.comesUp("web/g3/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING", "3 SERVING");

        stage.drains("web/g2/w1");
        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.report(second).from()).contains(new GenerationId(2));
        assertThat(stage.report(second).ledger()).isPresent();
        assertThat(stage.isAnswered(first)).isFalse();
        assertThat(stage.service("web").lastReload().orElseThrow().to()).contains(new GenerationId(3));

        stage.account("web/g1/w1", new DrainAccount(3, 0, 0, 0, 0, 0, List.of()));
        stage.drains("web/g1/w1");
        ReloadReport report = stage.report(first);
        assertThat(report.outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(report.reason()).isEqualTo("web generation 2 has served");
        assertThat(report.successor()).contains(new GenerationId(3));
        assertThat(report.drain().orElseThrow().account().finished()).isEqualTo(3);
        assertThat(report.ledger()).isPresent();
        assertThat(stage.service("web").lastReload().orElseThrow().to())
                .as("an older one that ends later is not the last")
                .contains(new GenerationId(3));
        assertThat(stage.generations("web")).containsExactly("3 SERVING");
    }

    @Test
    void atTheLimitAReloadWaitsForTheOldestToEndAndSaysForWhat() {
        Stage stage = draining(WEB);
        stage.advance(Duration.ofSeconds(10));

        RequestId second = stage.reload(WEB);

        String why = "web: generation 1 drains for 50 s at most, and max-generations is 2";
        assertThat(stage.accepted(second))
                .containsExactly("reload of web\n" + why + ": its reload begins when that is over");
        assertThat(stage.log()).contains("INFO " + why + "; a reload waits for the end of that");
        assertThat(stage.service("web").waiting()).contains(why.substring("web: ".length()));
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        stage.drains("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("2 SERVING", "3 STARTING");
        assertThat(stage.service("web").waiting()).isEmpty();
    }

    @Test
    void theWaitIsBoundedByTheDrainTimeoutAndWhatThatCutsIsCountedInItsOwnResult() {
        Stage stage = Stage.serving(WEB);
        RequestId first = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.reload(WEB);
        stage.advance(Duration.ofSeconds(59));
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");

        stage.advance(Duration.ofSeconds(1));
        assertThat(stage.orders()).contains("SIGTERM to web/g1/w1");
        stage.account("web/g1/w1", new DrainAccount(0, 0, 0, 2, 0, 0, List.of()));
        stage.exits("web/g1/w1", 143);

        assertThat(stage.report(first).drain().orElseThrow().account().cut()).isEqualTo(2);
        assertThat(stage.report(first).phases())
                .extracting(PhaseReport::phase, PhaseReport::end)
                .contains(tuple(Phase.DRAIN, PhaseEnd.DRAIN_TIMED_OUT));
        assertThat(stage.generations("web")).containsExactly("2 SERVING", "3 STARTING");
    }

    @Test
    void oneThatIsToBeRefusedIsRefusedAtTheLimitAndNamesThoseThatDrain() {
        Stage stage = draining(THREE);
        assertThat(stage.generations("web")).hasSize(2);
        reload(stage, THREE, IfBusy.REFUSE);
        stage.comesUp("web/g3/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING", "3 SERVING");

        RequestId fourth = reload(stage, THREE, IfBusy.REFUSE);

        assertThat(stage.report(fourth).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(fourth).reason())
                .isEqualTo("web: generation 1 drains for 60 s at most, generation 2 drains for 60 s at most,"
                        + " and max-generations is 3; nothing was changed");
        assertThat(stage.generations("web")).hasSize(3);
    }

    @Test
    void oneThatIsToReplaceAnotherOneEndsNoDrain() {
        Stage stage = draining(WEB);
        RequestId waits = reload(stage, WEB, IfBusy.WAIT);

        RequestId replaces = reload(stage, WEB, IfBusy.REPLACE);

        assertThat(stage.report(waits).outcome()).isEqualTo(ReloadOutcome.REPLACED);
        assertThat(stage.orders()).isEmpty();
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        stage.drains("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("2 SERVING", "3 STARTING");
        assertThat(stage.isAnswered(replaces)).isFalse();
    }

    @Test
    void theLimitIsThatOfWhatIsToBeStarted() {
        Stage stage = draining(WEB);
        RequestId waits = stage.reload(WEB);

        stage.reload(THREE);
        assertThat(stage.report(waits).outcome()).isEqualTo(ReloadOutcome.REPLACED);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 STARTING");
        stage.comesUp("web/g3/w1");

        stage.reload(WEB);
        stage.drains("web/g1/w1");
        assertThat(stage.generations("web")).as("a lower limit ends none").containsExactly("2 DRAINING", "3 SERVING");
        stage.drains("web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("3 SERVING", "4 STARTING");
    }

    @Test
    void nothingBeginsBeforeWhatIsInFlightHasRunEmpty() {
        Stage stage = Stage.serving(THREE);
        stage.reload(THREE);
        stage.steering(null);
        stage.comesUp("web/g2/w1");
        steered(stage, 2);
        assertThat(stage.generations("web")).containsExactly("1 QUIESCING", "2 SERVING");

        stage.reload(THREE);

        assertThat(stage.generations("web")).containsExactly("1 QUIESCING", "2 SERVING");
        assertThat(stage.service("web").waiting()).contains("a handover to generation 2 is under way");
        quiesced(stage, 1);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 STARTING");
    }

    @Test
    void anAfterFlipCommandIsWaitedForSinceItEndsWithItsGeneration() {
        SpecDraft purging = THREE.afterFlip();
        Stage stage = Stage.serving(purging);
        stage.exits("web/g1/after-flip", 0);
        stage.reload(purging);
        stage.comesUp("web/g2/w1");

        stage.reload(purging);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        stage.exits("web/g2/after-flip", 0);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 STARTING");
    }

    @Test
    void whatFailsBesideADrainLeavesBothAsTheyAre() {
        Stage stage = draining(THREE);
        RequestId second = stage.reload(THREE);

        stage.exits("web/g3/w1", 1);

        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        assertThat(stage.orders()).doesNotContain("SIGTERM to web/g1/w1");
    }

    @Test
    void aStandbyMakesRoomAndDrainsBesideTheNextOne() {
        SpecDraft warm = THREE.standby(Duration.ofMinutes(2));
        Stage stage = Stage.serving(warm);
        stage.reload(warm);
        stage.comesUp("web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 STANDBY", "2 SERVING");

        stage.reload(warm);

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 STARTING");
        stage.comesUp("web/g3/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 STANDBY", "3 SERVING");

        stage.reload(warm);
        assertThat(stage.generations("web"))
                .as("as many as may be")
                .containsExactly("1 DRAINING", "2 DRAINING", "3 SERVING");
        stage.drains("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("2 DRAINING", "3 SERVING", "4 STARTING");
    }

    @Test
    void aRollbackStartsNothingAndIsNotLimited() {
        SpecDraft warm = THREE.standby(Duration.ofMinutes(2));
        Stage stage = Stage.serving(warm);
        stage.reload(warm);
        stage.comesUp("web/g2/w1");
        stage.reload(warm);
        stage.comesUp("web/g3/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 STANDBY", "3 SERVING");

        RequestId rollback = stage.rollBack("web");

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 DRAINING");
        stage.reload(warm.maxGenerations(4));
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 DRAINING", "4 STARTING");
        assertThat(outcomes(stage))
                .as("what was rolled back is known to be bad before it has drained")
                .contains("3 FAILED", "2 COMPLETED");
        stage.drains("web/g3/w1");
        assertThat(stage.report(rollback).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void aColdRollbackIsAReloadAndBeginsBesideADrainWhereThereIsRoom() {
        Stage stage = draining(THREE.workers(1));
        assertThat(stage.refusal(stage.rollBack("web"))).contains("started from the same configuration");
        stage.reload(THREE.workers(2));
        stage.comesUp("web/g3/w1");
        stage.comesUp("web/g3/w2");

        assertThat(stage.refusal(stage.rollBack("web")))
                .isEqualTo("FAILED: web: generation 1 drains for 60 s at most, generation 2 drains for 60 s at most,"
                        + " and max-generations is 3, and nothing warm is there to go back to; nothing was changed");
        stage.drains("web/g1/w1");
        stage.rollBack("web");

        assertThat(stage.generations("web")).containsExactly("2 DRAINING", "3 SERVING", "4 STARTING");
        stage.comesUp("web/g4/w1");
        stage.drains("web/g2/w1", "web/g3/w1", "web/g3/w2");
        assertThat(outcomes(stage)).contains("2 COMPLETED", "3 FAILED", "4 COMPLETED");
    }

    private static List<String> outcomes(Stage stage) {
        Reply.History history = (Reply.History) stage.answer(stage.ask(new Request.History(Optional.empty())));
        return history.services().get(0).reloads().stream()
                .map((PastReload past) -> past.generation() + " " + past.outcome())
                .toList();
    }

    @Test
    void aCanaryIsAGenerationAsAnyOther() {
        SpecDraft tried = THREE.canary("10%");
        Stage stage = Stage.serving(tried);
        stage.reload(tried);
        stage.comesUp("web/g2/w1");
        stage.decide(CanaryDecision.PROMOTE);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");

        stage.reload(tried);
        stage.comesUp("web/g3/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 CANARY");

        stage.rollBack("web");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 DRAINING");
    }

    @Test
    void restartAndScaleAreRefusedAtTheLimitAndBeginBelowIt() {
        Stage stage = draining(THREE);
        stage.restart("web");
        stage.comesUp("web/g3/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING", "3 SERVING");

        assertThat(stage.refusal(stage.scale("web", 2)))
                .isEqualTo("FAILED: web: generation 1 drains for 60 s at most, generation 2 drains for 60 s at most,"
                        + " and max-generations is 3; nothing was changed, try again when that is over");
        stage.drains("web/g1/w1");
        stage.scale("web", 2);
        assertThat(stage.generations("web")).containsExactly("2 DRAINING", "3 SERVING", "4 STARTING");
    }

    @Test
    void noHoldBeginsWhileAnOlderGenerationDrainsAndAReloadWaitsForTheEndOfAHold() {
        Stage stage = draining(THREE);
        stage.reload(THREE);
        stage.comesUp("web/g3/w1");
        stage.drains("web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "3 SERVING");

        assertThat(stage.refusal(stage.hold("web", Duration.ofSeconds(20))))
                .isEqualTo("FAILED: web: web generation 1 is not gone yet; nothing was changed");
        stage.drains("web/g1/w1");
        RequestId hold = stage.hold("web", Duration.ofSeconds(20));
        stage.reload(THREE);

        assertThat(stage.service("web").waiting().orElseThrow()).startsWith("web is on hold, for 20 s at most");
        assertThat(stage.generations("web")).containsExactly("3 SERVING");
        stage.endHold("web");
        assertThat(stage.isAnswered(hold)).isTrue();
        assertThat(stage.generations("web")).containsExactly("3 SERVING", "4 STARTING");
    }

    @Test
    void aStopEndsAllAndEachCallerIsTold() {
        Stage stage = Stage.serving(THREE);
        RequestId first = stage.reload(THREE);
        stage.comesUp("web/g2/w1");
        RequestId second = stage.reload(THREE);

        RequestId stop = stage.stop("web");

        assertThat(stage.report(first).outcome()).isEqualTo(ReloadOutcome.CANCELLED);
        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.CANCELLED);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING", "3 STOPPING");
        stage.exits("web/g3/w1", 143);
        stage.drains("web/g1/w1", "web/g2/w1");
        assertThat(stage.answer(stop)).isInstanceOf(Reply.Stopped.class);
    }

    @Test
    void anUpgradeWaitsUntilNothingDrainsAnyMore() {
        Stage stage = draining(THREE);
        stage.reload(THREE);
        stage.comesUp("web/g3/w1");
        stage.drains("web/g2/w1");

        assertThat(stage.refusal(stage.ask(new Request.Upgrade("u1", "1.0", "2.0"))))
                .isEqualTo("FAILED: web: web generation 1 is not gone yet; nothing was changed, try again when that is"
                        + " over");
    }

    @Test
    void theNextSupervisorGoesOnWithAllThatDrainAndWaitsForWhatIsInFlightAlone() {
        Stage stage = draining(THREE);
        stage.reload(THREE);
        stage.steering(null);
        stage.comesUp("web/g3/w1");
        steered(stage, 3);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 QUIESCING", "3 SERVING");

        Stage next = stage.crash().steering(null).adopt();

        assertThat(next.generations("web")).containsExactly("1 DRAINING", "2 QUIESCING", "3 SERVING");
        quiesced(next, 2);
        next.steering(Ledger.Mode.STEERED);
        assertThat(next.generations("web")).containsExactly("1 DRAINING", "2 DRAINING", "3 SERVING");
        RequestId reload = next.reload(THREE);
        assertThat(next.generations("web")).hasSize(3);
        next.drains("web/g1/w1");
        assertThat(next.generations("web")).containsExactly("2 DRAINING", "3 SERVING", "4 STARTING");
        assertThat(next.isAnswered(reload)).isFalse();
    }

    @Test
    void whatTheNextSupervisorGoesOnWithHasServedWhateverComesAfterwards() {
        SpecDraft four = WEB.maxGenerations(4);
        Stage stage = draining(four);
        stage.reload(four);
        stage.comesUp("web/g3/w1");
        Stage next = stage.crash().adopt();
        assertThat(next.generations("web")).containsExactly("1 DRAINING", "2 DRAINING", "3 SERVING");
        next.reload(four);
        next.comesUp("web/g4/w1");

        next.drains("web/g1/w1", "web/g2/w1");

        assertThat(next.generations("web")).containsExactly("3 DRAINING", "4 SERVING");
        assertThat(next.effects())
                .filteredOn(Effect.Note.class::isInstance)
                .extracting(note -> ((Effect.Note) note).happening())
                .filteredOn(happening -> happening.what() == What.RELOAD_ENDED)
                .extracting(Happening::severity)
                .hasSize(2)
                .containsOnly(Effect.Severity.INFO);
    }

    @Test
    void aStandbyBesideADrainIsGoneOnWith() {
        SpecDraft warm = THREE.standby(Duration.ofMinutes(2));
        Stage stage = Stage.serving(warm);
        stage.reload(warm);
        stage.comesUp("web/g2/w1");
        stage.reload(warm);
        stage.comesUp("web/g3/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 STANDBY", "3 SERVING");

        Stage next = stage.crash().adopt();

        assertThat(next.generations("web")).containsExactly("1 DRAINING", "2 STANDBY", "3 SERVING");
        next.rollBack("web");
        assertThat(next.generations("web")).containsExactly("1 DRAINING", "2 SERVING", "3 DRAINING");
        next.drains("web/g1/w1", "web/g3/w1");
        assertThat(next.generations("web")).containsExactly("2 SERVING");
    }
}
