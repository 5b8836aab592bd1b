package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.CanaryStatus;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exposure;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.HealthSpec.Then;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Met;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
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
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A new generation that is tried on some of the clients before all are moved to it. */
class CanaryTest {
    private static final SpecDraft PLAIN = service("web").listen("tcp://127.0.0.1:80");
    private static final SpecDraft WEB = PLAIN.canary("10%", "50%");
    private static final Duration STEP = Duration.ofSeconds(30);

    /** Whose second generation gets 10 % of the clients. */
    private static Stage onCanary() {
        return onCanary(WEB);
    }

    private static Stage onCanary(SpecDraft web) {
        Stage stage = Stage.serving(web);
        stage.reload(web);
        for (int worker = 1; worker <= web.spec().workers(); worker++) {
            stage.comesUp("web/g2/w" + worker);
        }
        stage.orders();
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");
        return stage;
    }

    private static List<String> shares(Stage stage) {
        return stage.effects().stream()
                .filter(Effect.Share.class::isInstance)
                .map(effect -> ((Effect.Share) effect).share().toString())
                .toList();
    }

    private static Optional<CanaryStatus> canary(Stage stage) {
        return stage.services().get(0).generations().stream()
                .map(GenerationStatus::canary)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** To what the new generation's worker was last asked. */
    private static void answer(Stage stage, HealthAnswer answer) {
        Effect.AskHealth last = stage.effects().stream()
                .filter(Effect.AskHealth.class::isInstance)
                .map(Effect.AskHealth.class::cast)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        stage.happens(new Event.HealthSeen(last.worker(), last.process().pid(), last.number(), answer, "as it may be"));
    }

    private static PhaseEnd endOfCanary(ReloadReport report) {
        return report.phases().stream()
                .filter(phase -> phase.phase() == Phase.CANARY)
                .findFirst()
                .orElseThrow()
                .end();
    }

    @Test
    void itGetsMoreOfTheClientsStepByStepAndThenAllOfThem() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        assertThat(shares(stage)).containsExactly("10% of the clients");
        assertThat(canary(stage).orElseThrow().left()).contains(STEP);

        stage.advance(STEP);
        assertThat(shares(stage)).containsExactly("10% of the clients", "50% of the clients");
        assertThat(canary(stage).orElseThrow().step()).isEqualTo(2);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");
        stage.advance(STEP);

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        assertThat(stage.effects()).filteredOn(Effect.Steer.class::isInstance).hasSize(2); // each generation's, once
        stage.drains("web/g1/w1");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(endOfCanary(stage.report(reload))).isEqualTo(PhaseEnd.DONE);
    }

    @Test
    void chosenClientsGetItFirstAndAlone() {
        CanarySpec chosen = new CanarySpec(
                List.of(ClientRange.parse("10.1.0.0/16")),
                List.of(Percentage.parse("10%")),
                STEP,
                CanarySpec.End.PROMOTE,
                true,
                Optional.empty());
        Stage stage = onCanary(PLAIN.canary(chosen));

        stage.advance(STEP);

        assertThat(shares(stage)).containsExactly("10.1.0.0/16", "10.1.0.0/16 and 10% of the others");
    }

    @Test
    void whoeverAsksForItAgainWhileItIsBeingPromotedIsToldTheSame() {
        Stage stage = onCanary();
        stage.steering(null);
        RequestId first = stage.decide(CanaryDecision.PROMOTE);

        RequestId second = stage.decide(CanaryDecision.PROMOTE);
        assertThat(stage.refusal(stage.decide(CanaryDecision.PAUSE)))
                .isEqualTo("FAILED: web generation 2 is being promoted already; nothing was changed");
        assertThat(stage.isAnswered(first)).isFalse();
        assertThat(stage.isAnswered(second)).isFalse();
        stage.happens(new Event.Steered(new ServiceName("web"), new GenerationId(2), Ledger.Mode.STEERED, ""));

        assertThat(stage.answer(first)).isInstanceOf(Reply.CanaryDecided.class);
        assertThat(stage.answer(second)).isEqualTo(stage.answer(first));
    }

    @Test
    void promotedItGetsAllAtOnceAndWhoeverAskedIsToldThen() {
        Stage stage = onCanary();
        stage.steering(null);
        RequestId promotion = stage.decide(CanaryDecision.PROMOTE);
        assertThat(stage.isAnswered(promotion)).isFalse();

        stage.happens(new Event.Steered(new ServiceName("web"), new GenerationId(2), Ledger.Mode.STEERED, ""));

        assertThat(stage.generations("web")).contains("2 SERVING");
        assertThat(stage.isAnswered(promotion)).isTrue();
    }

    @Test
    void pausedItStaysAtItsStepUntilItIsToGoOn() {
        Stage stage = onCanary();
        stage.advance(Duration.ofSeconds(10));
        stage.decide(CanaryDecision.PAUSE);
        stage.advance(Duration.ofHours(1));
        assertThat(shares(stage)).hasSize(1);
        assertThat(canary(stage).orElseThrow().left()).isEmpty();

        stage.decide(CanaryDecision.RESUME);
        assertThat(canary(stage).orElseThrow().left()).contains(Duration.ofSeconds(20));
        stage.advance(Duration.ofSeconds(20));

        assertThat(shares(stage)).hasSize(2);
    }

    @Test
    void itWaitsForAWordAfterItsLastStepWhereThatIsConfigured() {
        Stage stage = onCanary(PLAIN.canary(new CanarySpec(
                List.of(), List.of(Percentage.parse("10%")), STEP, CanarySpec.End.PAUSE, true, Optional.empty())));

        stage.advance(Duration.ofHours(1));
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");

        stage.decide(CanaryDecision.PROMOTE);
        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    @Test
    void rolledBackItsClientsAreLedToTheOldOneAndItDrains() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.advance(Duration.ofSeconds(5));
        stage.orders();

        stage.steering(null);
        RequestId rollback = stage.rollBack("web");
        Met met = new Met(583, 12, List.of("10.1.2.3"), "");
        stage.happens(new Event.CanaryMet(new ServiceName("web"), new GenerationId(2), met));
        stage.steering(Ledger.Mode.STEERED);
        stage.happens(new Event.Steered(new ServiceName("web"), new GenerationId(1), Ledger.Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        assertThat(stage.effects()).anyMatch(Effect.SteerBack.class::isInstance);
        assertThat(stage.isAnswered(reload)).isFalse();
        stage.drains("web/g2/w1");

        String text = "web generation 2 is rolled back, asked for by " + Stage.OPERATOR
                + "; generation 1 serves on, alone; generation 2 ";
        assertThat(stage.report(rollback).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.report(rollback).reason()).startsWith(text);
        assertThat(stage.report(rollback).exposure())
                .contains(new Exposure(Duration.ofSeconds(5), OptionalLong.of(0), true, Optional.of(met)));
        ReloadReport report = stage.report(reload);
        assertThat(report.outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(report.reason())
                .isEqualTo(text
                        + "had clients for 5 s: at least 583 connections of 12 clients; 0 connections"
                        + " that it took were open when it was told to drain");
        assertThat(report.ledger()).isPresent();
        assertThat(endOfCanary(report)).isEqualTo(PhaseEnd.ROLLED_BACK);
        assertThat(report.hasFlipped()).isFalse();
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void oneOfWhichAWorkerDiesIsRolledBackByItself() {
        SpecDraft two = WEB.workers(2);
        Stage stage = Stage.serving(two);
        RequestId reload = stage.reload(two);
        stage.comesUp("web/g2/w1");
        stage.comesUp("web/g2/w2");
        stage.orders();

        stage.exits("web/g2/w2", 3, "no such table");

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        stage.drains("web/g2/w1");
        ReloadReport report = stage.report(reload);
        assertThat(report.outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(report.reason())
                .startsWith("web generation 2 is rolled back by itself, web/g2/w2 (pid 104) exited with 3 after it had"
                        + " been ready; generation 1 serves on, alone");
        assertThat(report.lastLines()).containsExactly("no such table");
        assertThat(report.ledger().orElseThrow().verdict()).startsWith("not shown");
        LastReload last = stage.services().get(0).lastReload().orElseThrow();
        assertThat(last.outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(last.to()).contains(new GenerationId(2));
        assertThat(last.lastLines()).containsExactly("no such table");
    }

    @Test
    void oneThatIsUnhealthyIsRolledBackByItself() {
        SpecDraft asked = WEB.health(Then.STEER_AWAY);
        Stage stage = Stage.serving(asked);
        stage.reload(asked);
        stage.comesUp("web/g2/w1");
        answer(stage, HealthAnswer.AS_EXPECTED);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");

        for (int i = 0; i < 3; i++) {
            stage.advance(Duration.ofSeconds(5));
            answer(stage, HealthAnswer.OTHERWISE);
        }

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        assertThat(stage.log()).anyMatch(line -> line.contains("web generation 2 is rolled back"));
    }

    /** So many of its 50 connections got no answer, and all 950 of the old one's did. */
    private static void compared(Stage stage, int unanswered) {
        stage.happens(new Event.Compared(
                new ServiceName("web"),
                new GenerationId(2),
                JudgeTest.answers(unanswered, 50),
                JudgeTest.answers(0, 950)));
    }

    @Test
    void oneThatDoesNotAnswerIsRolledBackByItself() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.advance(Duration.ofSeconds(4));
        compared(stage, 20);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");
        stage.advance(Duration.ofSeconds(1));
        compared(stage, 25);

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        stage.drains("web/g2/w1");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason())
                .startsWith(
                        "web generation 2 is rolled back by itself, 25 of 50 connections (50.0%) got no answer, where"
                                + " 0 of 950 (0.0%) got none at generation 1, in the same 5 s; generation 1 serves on, alone");
    }

    @Test
    void itIsJudgedWhileItIsPausedToo() {
        Stage stage = onCanary();
        stage.decide(CanaryDecision.PAUSE);
        stage.advance(Duration.ofHours(1));

        compared(stage, 25);
        compared(stage, 25);

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
    }

    @Test
    void whatIsToldWhileItIsBeingGivenMoreIsOfTheShareBefore() {
        Stage stage = onCanary();
        compared(stage, 25);
        stage.steering(null);
        stage.advance(STEP);
        compared(stage, 25);

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");
    }

    @Test
    void itIsNotJudgedWhereThatIsNotWanted() {
        Stage stage = onCanary(PLAIN.canary(new CanarySpec(
                List.of(), List.of(Percentage.parse("10%")), STEP, CanarySpec.End.PAUSE, false, Optional.empty())));

        compared(stage, 25);
        compared(stage, 25);

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");
    }

    /** Asked each 10 s how it fares, in a step of 30 s. */
    private static Stage measured() {
        MetricSpec metric = new MetricSpec(List.of("./rate"), Duration.ofSeconds(10), Duration.ofSeconds(5), 2);
        CanarySpec canary = WEB.spec().canary().orElseThrow();
        return onCanary(PLAIN.canary(canary.with(Optional.of(metric))));
    }

    private static List<Effect.AskMetric> asked(Stage stage) {
        return stage.effects().stream()
                .filter(Effect.AskMetric.class::isInstance)
                .map(Effect.AskMetric.class::cast)
                .toList();
    }

    private static void measured(Stage stage, HealthAnswer answer) {
        List<Effect.AskMetric> all = asked(stage);
        Effect.AskMetric last = all.get(all.size() - 1);
        stage.happens(new Event.MetricSeen(
                last.service(), last.generation(), last.number(), answer, "the command './rate' exited with 1: '7%'"));
    }

    @Test
    void itsMetricIsAskedForEachIntervalFromOneAfterItsClientsComeOn() {
        Stage stage = measured();
        stage.advance(Duration.ofSeconds(9));
        assertThat(asked(stage)).isEmpty();
        stage.advance(Duration.ofSeconds(1));
        assertThat(asked(stage)).hasSize(1);
        assertThat(asked(stage).get(0).serving()).isEqualTo(new GenerationId(1));
        stage.advance(Duration.ofSeconds(1));
        measured(stage, HealthAnswer.AS_EXPECTED);
        stage.advance(Duration.ofSeconds(8));
        assertThat(asked(stage)).hasSize(1);
        stage.advance(Duration.ofSeconds(1));
        assertThat(asked(stage)).hasSize(2);
    }

    @Test
    void itIsRolledBackWhenItsMetricHasFailedTooOften() {
        Stage stage = measured();
        stage.advance(Duration.ofSeconds(10));
        measured(stage, HealthAnswer.OTHERWISE);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");
        stage.advance(Duration.ofSeconds(10));
        measured(stage, HealthAnswer.OTHERWISE);

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        assertThat(stage.log())
                .anyMatch(line ->
                        line.contains("is rolled back, the command './rate' exited with 1: '7%', 2 times in a row"));
    }

    @Test
    void oneGoodAnswerBetweenTwoFailuresIsEnoughForIt() {
        Stage stage = measured();
        stage.decide(CanaryDecision.PAUSE);
        for (int run = 0; run < 6; run++) {
            stage.advance(Duration.ofSeconds(10));
            measured(stage, run % 2 == 0 ? HealthAnswer.OTHERWISE : HealthAnswer.AS_EXPECTED);
        }

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");
    }

    @Test
    void aStepIsNotOverBeforeItIsKnownHowItFares() {
        Stage stage = measured();
        stage.advance(Duration.ofSeconds(10));
        stage.advance(Duration.ofSeconds(14)); // the answer takes its time
        measured(stage, HealthAnswer.OTHERWISE);
        stage.advance(Duration.ofSeconds(6));
        assertThat(shares(stage)).containsExactly("10% of the clients");
        measured(stage, HealthAnswer.AS_EXPECTED);
        assertThat(shares(stage)).containsExactly("10% of the clients", "50% of the clients");
    }

    @Test
    void onePausedWhileItsStepWaitsForTheMetricGoesOn() {
        Stage stage = measured();
        stage.advance(Duration.ofSeconds(10));
        measured(stage, HealthAnswer.OTHERWISE);
        stage.advance(Duration.ofSeconds(10));
        stage.advance(Duration.ofSeconds(10)); // its answer is due, across the end of the step
        stage.decide(CanaryDecision.PAUSE);
        stage.decide(CanaryDecision.RESUME);
        assertThat(shares(stage)).containsExactly("10% of the clients");
        measured(stage, HealthAnswer.AS_EXPECTED);

        assertThat(shares(stage)).containsExactly("10% of the clients", "50% of the clients");
    }

    @Test
    void aMetricThatCanNotBeAskedForIsSaidOnceAndHoldsNothingUp() {
        Stage stage = measured();
        int answered = 0;
        for (int look = 0; look < 6; look++) {
            stage.advance(Duration.ofSeconds(10));
            if (asked(stage).size() > answered) {
                measured(stage, HealthAnswer.NOT_ASKED);
                answered++;
            }
        }

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        assertThat(stage.log())
                .filteredOn(line -> line.contains("is not shown"))
                .hasSize(1);
    }

    @Test
    void aWorkerThatDiesWhileAllAreMovedToItIsStartedAgain() {
        Stage stage = onCanary();
        stage.steering(null);
        stage.decide(CanaryDecision.PROMOTE);
        stage.exits("web/g2/w1", 3);
        stage.happens(new Event.Steered(new ServiceName("web"), new GenerationId(2), Ledger.Mode.STEERED, ""));
        stage.advance(Duration.ofSeconds(1));

        assertThat(stage.orders()).contains("start web/g2/w1");
        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    @Test
    void aNewerReloadHasItRolledBackAndBeginsWhenItIsGone() {
        Stage stage = Stage.serving(WEB);
        RequestId first = stage.reload(WEB);
        stage.comesUp("web/g2/w1");

        RequestId second = stage.reload(PLAIN);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        stage.drains("web/g2/w1");
        assertThat(stage.report(first).reason()).contains("since a newer reload is to have its place");
        stage.comesUp("web/g3/w1");
        stage.drains("web/g1/w1");

        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.generations("web")).containsExactly("3 SERVING");
    }

    @Test
    void aWorkerOfTheOldOneThatDiesIsStartedAgainAndNothingIsDecidedByThat() {
        Stage stage = onCanary();

        stage.exits("web/g1/w1", 1);
        stage.advance(Duration.ofSeconds(1));

        assertThat(stage.orders()).contains("start web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");
    }

    @Test
    void whereTheOldOneIsGivenUpItGetsAllAtOnce() {
        Stage stage = onCanary(WEB.mostRestarts(0));

        stage.exits("web/g1/w1", 1);

        assertThat(stage.generations("web")).contains("2 SERVING");
        assertThat(stage.log()).contains("INFO web generation 2 is promoted: nothing else is to serve any more");
    }

    @Test
    void whereTheOldOneHasFallenAllWaitForTheNewOneAndItIsNotTried() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.exits("web/g1/w1", 1);
        stage.comesUp("web/g2/w1");

        assertThat(shares(stage)).isEmpty();
        assertThat(stage.generations("web")).contains("2 SERVING");
        assertThat(stage.log())
                .contains(
                        "WARN web generation 2 is not tried on some of the clients: nobody else takes new connections, and"
                                + " all wait for it");
    }

    @Test
    void whereTheFirstGenerationHasNeverServedTheOneThatMendsItIsNotTried() {
        Stage stage = new Stage(WEB).boot();
        stage.exits("web/g1/w1", 1);

        RequestId reload = stage.reload(WEB);
        stage.comesUp("web/g2/w1");

        assertThat(shares(stage)).isEmpty();
        assertThat(stage.generations("web")).contains("2 SERVING");
        assertThat(stage.log()).noneMatch(line -> line.contains("generation 2 abandoned"));
        assertThat(stage.isAnswered(reload)).isFalse(); // the first one is still to go
    }

    @Test
    void promotedBeforeSteeringHasAnsweredItGetsAllAllTheSame() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.steering(null);
        stage.comesUp("web/g2/w1");

        RequestId promotion = stage.decide(CanaryDecision.PROMOTE);
        stage.happens(new Event.Steered(new ServiceName("web"), new GenerationId(2), Ledger.Mode.STEERED, ""));

        assertThat(stage.generations("web")).contains("2 SERVING");
        assertThat(stage.answer(promotion)).isInstanceOf(Reply.CanaryDecided.class);
    }

    @Test
    void takenBackBeforeSteeringHasAnsweredItRunsEmptyFirst() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.steering(null);
        stage.comesUp("web/g2/w1");

        stage.rollBack("web");
        stage.happens(new Event.Steered(new ServiceName("web"), new GenerationId(1), Ledger.Mode.STEERED, ""));

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 QUIESCING");
    }

    @Test
    void aPromotionThatAStopOvertakesIsNotSaidToBeDone() {
        Stage stage = onCanary();
        stage.steering(null);
        RequestId promotion = stage.decide(CanaryDecision.PROMOTE);

        stage.stop("web");

        assertThat(stage.refusal(promotion)).contains("is not shown to have all new connections");
    }

    @Test
    void aFlawThatIsSeenAsAStepEndsHasItRolledBack() {
        Stage stage = onCanary();
        stage.late(STEP);

        stage.exits("web/g2/w1", 3);

        assertThat(stage.generations("web").get(0)).isEqualTo("1 SERVING");
        assertThat(shares(stage)).hasSize(1);
        assertThat(stage.log()).anyMatch(line -> line.contains("web generation 2 is rolled back, web/g2/w1"));
    }

    @Test
    void anExitThatIsExpectedIsNoFlaw() {
        SpecDraft recycling = WEB.workers(2).expectedExits(0);
        Stage stage = onCanary(recycling);

        stage.exits("web/g2/w1", 0);
        stage.advance(Duration.ZERO);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 CANARY");
        assertThat(stage.orders()).contains("start web/g2/w1");
        stage.comesUp("web/g2/w1");

        assertThat(stage.effects())
                .anyMatch(effect -> effect instanceof Effect.Rejoin rejoin
                        && rejoin.worker().toString().equals("web/g2/w1"));
    }

    @Test
    void afterItsLastStepThereIsNothingToGoOnWith() {
        Stage stage = onCanary(PLAIN.canary(new CanarySpec(
                List.of(), List.of(Percentage.parse("10%")), STEP, CanarySpec.End.PAUSE, true, Optional.empty())));
        stage.advance(STEP);

        assertThat(stage.refusal(stage.decide(CanaryDecision.RESUME))).contains("the last step is over");
    }

    @Test
    void aFirstGenerationHasNobodyToBeTriedBeside() {
        Stage stage = Stage.serving(WEB);

        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(shares(stage)).isEmpty();
    }

    @Test
    void whereNothingIsSteeredTheReloadFailsAndSaysHowToMoveAllAtOnce() {
        Stage stage = new Stage(WEB).steering(Ledger.Mode.MIGRATE).boot();
        stage.comesUp("web/g1/w1");

        RequestId reload = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.exits("web/g2/w1", 143);

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason())
                .startsWith("web generation 2 can't be tried on some of the clients: new connections are not steered;"
                        + " supervisorctl reload --no-canary moves all at once; generation 2 abandoned");
    }

    private static String refused(Stage stage, SpecDraft web, CanarySpec asked) {
        RequestId reload = stage.ask(new Request.Reload(
                Stage.configuration(web),
                Optional.empty(),
                new CanaryOrder.Instead(Optional.of(asked)),
                IfBusy.WAIT,
                Stage.OPERATOR));
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        return stage.report(reload).reason();
    }

    @Test
    void oneThatNoClientCouldMeetIsRefusedBeforeAnythingIsStarted() {
        CanarySpec ofIpv6 = new CanarySpec(
                List.of(ClientRange.parse("2001:db8::/32")),
                List.of(),
                STEP,
                CanarySpec.End.PROMOTE,
                true,
                Optional.empty());
        assertThat(refused(Stage.serving(PLAIN), PLAIN, ofIpv6))
                .contains("none of its listeners is one that clients of 2001:db8::/32 come to")
                .endsWith("nothing was started");
        SpecDraft cron = service("web");
        assertThat(refused(Stage.serving(cron), cron, WEB.spec().canary().orElseThrow()))
                .contains("it declares no listener, at which they could be told apart");
    }

    @Test
    void whoeverAsksForTheReloadMayHaveAnotherCanaryOrNone() {
        Stage stage = Stage.serving(WEB);
        stage.ask(new Request.Reload(
                Stage.configuration(WEB),
                Optional.empty(),
                new CanaryOrder.Instead(Optional.empty()),
                IfBusy.WAIT,
                Stage.OPERATOR));
        stage.comesUp("web/g2/w1");

        assertThat(shares(stage)).isEmpty();
        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    @Test
    void aStopDrainsBoth() {
        Stage stage = onCanary();

        RequestId stop = stage.stop("web");

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING");
        stage.drains("web/g1/w1", "web/g2/w1");
        assertThat(stage.isAnswered(stop)).isTrue();
    }

    @Test
    void whereTheOldOneCanNotBeSteeredToAloneItDrainsAllTheSame() {
        Stage stage = onCanary();
        stage.refuseToSteerBack("another supervisor is in the way");

        RequestId rollback = stage.rollBack("web");

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        stage.drains("web/g2/w1");
        assertThat(stage.report(rollback).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.services().get(0).state().name()).isEqualTo("RUNNING");
    }

    @Test
    void theNextSupervisorLeadsAllToTheOldOneAndHasItDrain() {
        Stage stage = onCanary();

        Stage next = stage.crash().adopt();

        assertThat(next.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        next.drains("web/g2/w1");
        assertThat(next.services().get(0).lastReload().orElseThrow().outcome()).isEqualTo(ReloadOutcome.FAILED);
    }

    @Test
    void theNextSupervisorHasItServeWhereTheOldOneHasNotSurvived() {
        Stage stage = onCanary();
        stage.dies("web/g1/w1");

        Stage next = stage.crash().adopt();

        assertThat(next.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void aWorkerOfTheOldOneThatEndsMeanwhileKeepsTheReloadFromBeingCalledLossless() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.exits("web/g1/w1", 9);
        stage.advance(Duration.ofSeconds(1));
        stage.comesUp("web/g1/w1");

        stage.decide(CanaryDecision.PROMOTE);
        stage.drains("web/g1/w1");

        assertThat(stage.report(reload).ledger().orElseThrow().verdict())
                .startsWith("not shown: while some clients were led to generation 2: web/g1/w1 (pid ");
    }

    @Test
    void nobodyDecidesWhereThereIsNone() {
        Stage stage = Stage.serving(WEB);

        assertThat(stage.refusal(stage.decide(CanaryDecision.PROMOTE)))
                .isEqualTo(
                        "FAILED: no new generation of any service is tried on some of the clients now; nothing was changed");
    }

    @Test
    void anUpgradeOfTheSupervisorWaitsForItsEnd() {
        Stage stage = onCanary();

        assertThat(stage.refusal(stage.ask(new Request.Upgrade("1", "1.0", "1.1"))))
                .startsWith("FAILED: web: a handover to generation 2 is under way");
    }
}
