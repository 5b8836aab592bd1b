package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exposure;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The generation that stands by after a flip, and the way back to it. */
class StandbyTest {
    private static final SpecDraft WEB =
            service("web").listen("tcp://127.0.0.1:80").standby(Duration.ofMinutes(2));

    private static Stage serving(SpecDraft web) {
        return Stage.serving(web);
    }

    /** Whose second generation serves, and whose first stands by. */
    private static Stage standingBy() {
        Stage stage = serving(WEB);
        stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.orders();
        return stage;
    }

    private static Event steered(int generation) {
        return new Event.Steered(new ServiceName("web"), new GenerationId(generation), Ledger.Mode.STEERED, "");
    }

    private static List<Phase> phases(ReloadReport report) {
        return report.phases().stream().map(PhaseReport::phase).toList();
    }

    @Test
    void theOldGenerationStandsByWarmAndTheReloadIsAnswered() {
        Stage stage = serving(WEB);
        RequestId reload = stage.reload(WEB);

        stage.comesUp("web/g2/w1");

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.report(reload).standby()).contains(Duration.ofMinutes(2));
        assertThat(stage.report(reload).drain()).isEmpty();
        assertThat(phases(stage.report(reload))).containsExactly(Phase.START, Phase.FLIP, Phase.QUIESCE);
        assertThat(stage.generations("web")).containsExactly("1 STANDBY", "2 SERVING");
        assertThat(stage.orders()).containsExactly("start web/g2/w1", "watch web/g2/w1");
    }

    @Test
    void statusShowsForHowLongItStandsBy() {
        Stage stage = standingBy();

        stage.advance(Duration.ofSeconds(30));

        assertThat(stage.service("web").generations().get(0).standby()).contains(Duration.ofSeconds(90));
        assertThat(stage.service("web").generations().get(1).standby()).isEmpty();
    }

    @Test
    void whenItsTimeIsOverItDrainsAndTheLastReloadHasItsVerdict() {
        Stage stage = standingBy();
        stage.advance(Duration.ofSeconds(119));
        assertThat(stage.orders()).isEmpty();

        stage.advance(Duration.ofSeconds(1));
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to web/g1/w1");
        stage.drains("web/g1/w1");

        assertThat(stage.generations("web")).containsExactly("2 SERVING");
        assertThat(stage.log())
                .contains("INFO web generation 1 stands by no more: its time is over")
                .anyMatch(line -> line.startsWith("INFO web generation 1 has handed over to generation 2: "));
        assertThat(stage.service("web").lastReload().orElseThrow().verdict()).isPresent();
    }

    @Test
    void itsEndAddsTheVerdictToAReloadThatFailedAfterTheFlipAndNothingElse() {
        SpecDraft purging = WEB.afterFlip();
        Stage stage = serving(purging);
        stage.exits("web/g1/after-flip", 0);
        stage.reload(purging);
        stage.comesUp("web/g2/w1");
        stage.exits("web/g2/after-flip", 1, "no cache");
        LastReload before = stage.service("web").lastReload().orElseThrow();
        assertThat(before.outcome()).isEqualTo(ReloadOutcome.FAILED);

        stage.advance(Duration.ofMinutes(2));
        stage.drains("web/g1/w1");

        LastReload after = stage.service("web").lastReload().orElseThrow();
        assertThat(after.verdict()).isPresent();
        assertThat(after).usingRecursiveComparison().ignoringFields("verdict").isEqualTo(before);
    }

    @Test
    void itsEndLeavesAloneWhatWasRefusedMeanwhile() {
        Stage stage = standingBy();
        stage.happens(new Event.ReloadRefused(Optional.empty(), "line 3: no such key"));
        Optional<LastReload> before = stage.service("web").lastReload();

        stage.advance(Duration.ofMinutes(2));
        stage.drains("web/g1/w1");

        assertThat(stage.generations("web")).containsExactly("2 SERVING");
        assertThat(stage.service("web").lastReload()).isEqualTo(before);
    }

    @Test
    void aRollbackMovesNewConnectionsBackAndDrainsTheOtherOneWithItsLedger() {
        Stage stage = standingBy();
        stage.advance(Duration.ofSeconds(20));
        stage.account("web/g2/w1", new DrainAccount(3, 1, 0, 0, 0, 0, List.of()));

        RequestId rollback = stage.rollBack("web");

        assertThat(stage.orders()).containsExactly("DRAIN 60 s to web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        assertThat(stage.service("web").serving()).contains(new GenerationId(1));
        stage.drains("web/g2/w1");
        ReloadReport report = stage.report(rollback);
        assertThat(report.outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(phases(report)).containsExactly(Phase.FLIP, Phase.QUIESCE, Phase.DRAIN, Phase.RELEASE);
        assertThat(report.exposure())
                .contains(new Exposure(Duration.ofSeconds(20), OptionalLong.of(4), false, Optional.empty()));
        assertThat(report.ledger()).isPresent();
        assertThat(report.reason())
                .isEqualTo("web generation 2 is rolled back, asked for by " + Stage.OPERATOR
                        + "; generation 1 serves again; generation 2 had clients for 20 s; 4 connections that it took"
                        + " were open when it was told to drain, and how many had ended before is not shown");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void withoutANameItIsTheOneServiceThatHasAGenerationThatStandsBy() {
        SpecDraft mail = service("mail").listen("tcp://127.0.0.1:25").standby(Duration.ofMinutes(2));
        Stage stage = Stage.serving(WEB, mail);
        stage.reloadOnly("web", WEB, mail);
        stage.comesUp("web/g2/w1");

        RequestId rollback = stage.rollBack();
        stage.drains("web/g2/w1");

        assertThat(stage.report(rollback).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.generations("mail")).containsExactly("1 SERVING");
    }

    @Test
    void withoutANameAndWithMoreThanOneNothingIsDone() {
        SpecDraft mail = service("mail").listen("tcp://127.0.0.1:25").standby(Duration.ofMinutes(2));
        Stage stage = Stage.serving(WEB, mail);
        stage.reload(WEB, mail);
        stage.comesUp("web/g2/w1");
        stage.comesUp("mail/g2/w1");

        RequestId rollback = stage.rollBack();

        assertThat(stage.refusal(rollback))
                .isEqualTo(
                        "FAILED: more than one service has a generation that stands by, or serves beside a canary; name"
                                + " one of mail, web; nothing was changed");
        assertThat(stage.generations("web")).containsExactly("1 STANDBY", "2 SERVING");
    }

    @Test
    void withNothingWarmARollbackSaysSoAndWhatToDo() {
        Stage stage = serving(WEB);

        assertThat(stage.refusal(stage.rollBack("web")))
                .isEqualTo(
                        "FAILED: there is nothing to go back to: no generation of web stands by, and no earlier good one is"
                                + " known; put the earlier program and configuration back, and run supervisorctl reload web"
                                + " (with standby set, the generation before each reload stays warm for so long); nothing was"
                                + " changed");
        assertThat(stage.refusal(stage.rollBack("mail"))).startsWith("UNKNOWN_SERVICE: ");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void aSecondRollbackIsRefusedWhileOneIsUnderWay() {
        Stage stage = standingBy();
        RequestId first = stage.rollBack("web");

        assertThat(stage.refusal(stage.rollBack("web")))
                .isEqualTo("FAILED: web is being rolled back already, to generation 1; nothing was changed");
        assertThat(stage.isAnswered(first)).isFalse();
    }

    @Test
    void aNewGenerationWhoseWorkersAreGoneIsRolledBackByItself() {
        Stage stage = standingBy();
        long pid = stage.pid("web/g2/w1");
        stage.advance(Duration.ofSeconds(1));

        stage.exits("web/g2/w1", 3);
        assertThat(stage.generations("web")).startsWith("1 SERVING");
        stage.exits("web/g2/w1", 143); // which was started again meanwhile

        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
        String why =
                "since none of its workers is left: web/g2/w1 (pid " + pid + ") exited with 3 after it had been ready";
        assertThat(stage.log())
                .contains("WARN web generation 2 is rolled back, " + why
                        + "; new connections are moved back to generation 1");
        assertThat(stage.service("web").lastReload().orElseThrow().outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.service("web").lastReload().orElseThrow().reason())
                .startsWith("web generation 2 is rolled back by itself, " + why + "; generation 1 serves again; ");
    }

    @Test
    void whoeverAsksForItTheWayBackFromOneThatHasFallenIsNotCalledLossless() {
        Stage stage = standingBy();
        long pid = stage.pid("web/g2/w1");
        stage.refuseToSteerBack("another supervisor is in the way");
        stage.exits("web/g2/w1", 3);
        stage.refuseToSteerBack(null);

        RequestId rollback = stage.rollBack("web");
        stage.exits("web/g2/w1", 143); // which was started again meanwhile

        Ledger ledger = stage.report(rollback).ledger().orElseThrow();
        assertThat(ledger.isLossless()).isFalse();
        assertThat(ledger.caveats())
                .contains("before it began, workers had ended with what they held: web/g2/w1 (pid " + pid
                        + ") exited with 3 after it had been ready");
    }

    @Test
    void oneOfSeveralWorkersThatDiesIsStartedAgainAndNothingIsRolledBack() {
        SpecDraft two = WEB.workers(2);
        Stage stage = serving(two);
        stage.reload(two);
        stage.comesUp("web/g2/w1");
        stage.comesUp("web/g2/w2");

        stage.exits("web/g2/w1", 3);

        assertThat(stage.generations("web")).containsExactly("1 STANDBY", "2 SERVING");
    }

    @Test
    void aWorkerThatLeavesAsIsExpectedIsNoReasonToRollBack() {
        SpecDraft recycled = WEB.expectedExits(0);
        Stage stage = serving(recycled);
        stage.reload(recycled);
        stage.comesUp("web/g2/w1");

        stage.exits("web/g2/w1", 0);

        assertThat(stage.generations("web")).containsExactly("1 STANDBY", "2 SERVING");
    }

    @Test
    void oneThatDiesWhileTheOldOneRunsEmptyIsRolledBackAtOnceAndTheReloadHasFailed() {
        Stage stage = serving(WEB).steering(null);
        RequestId reload = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.happens(steered(2));
        assertThat(stage.generations("web")).containsExactly("1 QUIESCING", "2 SERVING");

        stage.exits("web/g2/w1", 3);

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.effects()).anyMatch(Effect.SteerBack.class::isInstance);
        stage.happens(steered(1));
        assertThat(stage.generations("web").get(0)).isEqualTo("1 SERVING");
    }

    @Test
    void aRollbackThatIsAskedForWhileTheOldOneRunsEmptyEndsTheReloadAsFailed() {
        Stage stage = serving(WEB).steering(null);
        RequestId reload = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.happens(steered(2));

        stage.rollBack("web");

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason())
                .isEqualTo("web generation 2 is rolled back: asked for by " + Stage.OPERATOR);
        assertThat(stage.effects()).anyMatch(Effect.SteerBack.class::isInstance);
    }

    @Test
    void aRollbackWhileTheAfterFlipCommandRunsEndsThatAndItIsNotRunAgain() {
        SpecDraft purging = WEB.afterFlip();
        Stage stage = serving(purging);
        stage.exits("web/g1/after-flip", 0);
        RequestId reload = stage.reload(purging);
        stage.comesUp("web/g2/w1");
        assertThat(stage.isAnswered(reload)).isFalse();
        assertThat(stage.generations("web")).containsExactly("1 STANDBY", "2 SERVING");
        stage.orders();

        RequestId rollback = stage.rollBack("web");
        assertThat(stage.orders()).contains("SIGKILL to web/g2/after-flip").noneMatch(one -> one.startsWith("start"));
        stage.exits("web/g2/after-flip", 137);
        stage.drains("web/g2/w1");

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(rollback).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.orders()).noneMatch(one -> one.startsWith("start"));
    }

    @Test
    void whereNobodyCanBeSteeredBackAllStaysAsItIsAndIsTriedAgainLaterWhereItWasNotAskedFor() {
        Stage stage = standingBy();
        stage.refuseToSteerBack("another supervisor is in the way");
        RequestId rollback = stage.rollBack("web");
        assertThat(stage.report(rollback).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(rollback).reason())
                .isEqualTo("another supervisor is in the way; web generation 2 still serves, and generation 1 still"
                        + " stands by");
        assertThat(stage.generations("web")).containsExactly("1 STANDBY", "2 SERVING");

        stage.exits("web/g2/w1", 3);
        stage.refuseToSteerBack(null);
        stage.advance(Duration.ofSeconds(4));
        assertThat(stage.generations("web")).containsExactly("1 STANDBY", "2 SERVING");
        stage.advance(Duration.ofSeconds(1));

        assertThat(stage.generations("web").get(0)).isEqualTo("1 SERVING");
    }

    @Test
    void aNewReloadHasItDrainAtOnceAndWaitsForThat() {
        Stage stage = standingBy();

        RequestId reload = stage.reload(WEB);
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        stage.drains("web/g1/w1");
        stage.comesUp("web/g3/w1");

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.generations("web")).containsExactly("2 STANDBY", "3 SERVING");
    }

    @Test
    void aReloadThatWaitedForTheFlipHasItDrainBeforeItBegins() {
        Stage stage = serving(WEB);
        RequestId first = stage.reload(WEB);
        RequestId second = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        assertThat(stage.report(first).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");

        stage.drains("web/g1/w1");
        stage.comesUp("web/g3/w1");

        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void aReloadThatWaitsBeginsOnceTheOneBeforeThatFellIsRolledBack() {
        Stage stage = serving(WEB).steering(null);
        RequestId first = stage.reload(WEB);
        RequestId second = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.happens(steered(2));
        stage.steering(Ledger.Mode.STEERED);

        stage.exits("web/g2/w1", 3);

        assertThat(stage.report(first).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.generations("web")).startsWith("1 SERVING");
        assertThat(stage.isAnswered(second)).isFalse();
        stage.exits("web/g2/w1", 143); // which was started again meanwhile
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "3 STARTING");
        stage.comesUp("web/g3/w1");
        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.generations("web")).containsExactly("1 STANDBY", "3 SERVING");
    }

    @Test
    void aReloadThatWaitsBeginsAlsoWhereTheOneThatFellCanNotBeRolledBack() {
        Stage stage = serving(WEB).steering(null);
        stage.reload(WEB);
        RequestId second = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.happens(steered(2));
        stage.steering(Ledger.Mode.STEERED);
        stage.refuseToSteerBack("another supervisor is in the way");

        stage.exits("web/g2/w1", 3);

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        stage.drains("web/g1/w1");
        stage.comesUp("web/g3/w1");
        stage.exits("web/g2/w1", 143); // which was started again meanwhile
        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void aStopDrainsBoth() {
        Stage stage = standingBy();

        RequestId stop = stage.stop("web");

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING");
        assertThat(stage.refusal(stage.rollBack("web"))).endsWith("is not rolled back; nothing was changed");
        stage.drains("web/g1/w1");
        stage.drains("web/g2/w1");
        assertThat(stage.isAnswered(stop)).isTrue();
    }

    @Test
    void aServiceThatIsRemovedTakesItAlong() {
        SpecDraft mail = service("mail");
        Stage stage = Stage.serving(WEB, mail);
        stage.reloadOnly("web", WEB, mail);
        stage.comesUp("web/g2/w1");

        RequestId removal = stage.reload(mail);

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING");
        stage.comesUp("mail/g2/w1");
        stage.drains("mail/g1/w1", "web/g2/w1");
        assertThat(stage.isAnswered(removal)).isFalse();
        stage.drains("web/g1/w1");
        assertThat(stage.reports(removal))
                .filteredOn(report -> report.service().equals(new ServiceName("web")))
                .singleElement()
                .satisfies(report -> assertThat(report.ledger()).isPresent());
    }

    @Test
    void aWorkerThatDiesWhileItStandsByIsStartedAgainOnlyWhenItServesAgain() {
        SpecDraft two = WEB.workers(2);
        Stage stage = serving(two);
        stage.reload(two);
        stage.comesUp("web/g2/w1");
        stage.comesUp("web/g2/w2");
        stage.exits("web/g1/w1", 1);
        stage.advance(Duration.ofSeconds(10));
        stage.orders();
        assertThat(stage.workers("web")).contains("web/g1/w1 WAITING", "web/g1/w2 READY");

        stage.rollBack("web");
        stage.advance(Duration.ZERO);

        assertThat(stage.orders()).contains("start web/g1/w1");
    }

    @Test
    void withNoneOfItsWorkersLeftTheStandbyIsOver() {
        Stage stage = standingBy();

        stage.exits("web/g1/w1", 1);

        assertThat(stage.generations("web")).containsExactly("2 SERVING");
        assertThat(stage.log()).contains("INFO web generation 1 stands by no more: none of its workers is left");
        assertThat(stage.refusal(stage.rollBack("web"))).contains("nothing warm");
    }

    @Test
    void whereTheNewGenerationDoesNotListenTheOldOneDoesNotStandBy() {
        Stage stage = serving(WEB);
        RequestId reload = stage.reload(WEB.listen("tcp://127.0.0.1:81"));
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1");

        assertThat(stage.report(reload).standby()).isEmpty();
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
        assertThat(stage.log())
                .contains("WARN web generation 1 can't stand by: generation 2 does not listen on tcp://127.0.0.1:80");
    }

    @Test
    void theNewConfigurationSaysWhetherTheOldGenerationStandsBy() {
        Stage stage = serving(WEB);
        stage.reload(service("web").listen("tcp://127.0.0.1:80"));
        stage.comesUp("web/g2/w1");

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
    }

    @Test
    void theNextSupervisorGoesOnWithItForItsWholeTimeAnew() {
        Stage stage = standingBy();
        stage.advance(Duration.ofSeconds(100));

        Stage next = stage.crash().adopt();

        assertThat(next.generations("web")).containsExactly("1 STANDBY", "2 SERVING");
        next.advance(Duration.ofSeconds(119));
        assertThat(next.generations("web")).containsExactly("1 STANDBY", "2 SERVING");
        next.rollBack("web");
        assertThat(next.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
    }

    @Test
    void theNextSupervisorHasItServeIfWhatServedHasNotSurvived() {
        Stage stage = standingBy();
        stage.dies("web/g2/w1");

        Stage next = stage.crash().adopt();

        assertThat(next.generations("web")).containsExactly("1 SERVING");
    }

    /** It was sealed when it had run empty: whoever steers to it is told to look for that first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatItLeftAsASealIsNoticedBeforeNewConnectionsAreMovedToIt(boolean quic) {
        SpecDraft web = quic ? WEB.quic() : WEB;
        Stage stage = serving(web);
        stage.reload(web);
        stage.comesUp("web/g2/w1");
        stage.dies("web/g2/w1");

        Stage next = stage.crash().adopt();

        assertThat(next.effects())
                .filteredOn(effect -> effect instanceof Effect.Steer || effect instanceof Effect.Hold)
                .map(effect -> effect instanceof Effect.Hold hold
                        ? "hold " + hold.worker() + (hold.leaves() ? " as it may be sealed" : "")
                        : "steer")
                .startsWith("hold web/g1/w1 as it may be sealed")
                .endsWith("steer");
    }

    @Test
    void whatAnEarlierSupervisorWasRollingBackDrainsAndDoesNotStandBy() {
        Stage stage = standingBy();
        stage.steering(null);
        stage.rollBack("web");
        stage.happens(steered(1));
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 QUIESCING");

        Stage next = stage.crash().adopt();

        assertThat(next.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
    }

    @Test
    void theNextSupervisorTakesItForNoMoreThanWhatDrainsIfTheServiceIsNoLongerWanted() {
        Stage stage = standingBy();

        Stage next = stage.crash(service("mail")).adopt();

        assertThat(next.generations("web")).containsExactly("1 DRAINING", "2 DRAINING");
    }
}
