package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.HealthSpec.Then;
import dev.handover.supervisor.terms.HealthStatus;
import dev.handover.supervisor.terms.HealthStatus.State;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What workers are asked before the flip and while they serve, and what follows. */
class HealthTest {
    private static final SpecDraft WEB = SpecDraft.service("web").workers(2).health();
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final String BAD = "GET /healthz was answered with 500, not 200";

    private final Stage stage = Stage.serving(WEB);

    private static WorkerId id(int generation, int worker) {
        return new WorkerId(new ServiceName("web"), new GenerationId(generation), worker);
    }

    private static void answers(Stage stage, int generation, int worker, HealthAnswer answer) {
        WorkerId id = id(generation, worker);
        String text = answer == HealthAnswer.AS_EXPECTED ? "" : BAD;
        stage.happens(new Event.HealthSeen(id, stage.pid(id.toString()), lastQuestion(stage, id), answer, text));
    }

    private static long lastQuestion(Stage stage, WorkerId id) {
        return all(stage, Effect.AskHealth.class).stream()
                .filter(ask -> ask.worker().equals(id))
                .mapToLong(Effect.AskHealth::number)
                .reduce(0, (earlier, later) -> later);
    }

    private void well(int generation, int worker) {
        answers(stage, generation, worker, HealthAnswer.AS_EXPECTED);
    }

    private void badly(int generation, int worker) {
        answers(stage, generation, worker, HealthAnswer.OTHERWISE);
    }

    /** Both of the first generation are asked, and one of them is bad until it is unhealthy. */
    private void unhealthy(int worker) {
        for (int i = 0; i < 3; i++) {
            badly(1, worker);
            well(1, 3 - worker);
            stage.advance(INTERVAL);
        }
    }

    private static <T extends Effect> List<T> all(Stage stage, Class<T> kind) {
        return stage.effects().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private long asked(int generation, int worker) {
        return all(stage, Effect.AskHealth.class).stream()
                .filter(ask -> ask.worker().equals(id(generation, worker)))
                .count();
    }

    /** Such as {@code web/g1/w1 true}. */
    private List<String> setAside() {
        return all(stage, Effect.SetAside.class).stream()
                .map(effect -> effect.worker() + " " + effect.aside())
                .toList();
    }

    private long flips() {
        return all(stage, Effect.Steer.class).size();
    }

    private ServiceStatus service() {
        return stage.services().get(0);
    }

    private HealthStatus health(int generation, int worker) {
        return service().generations().stream()
                .flatMap(one -> one.workers().stream())
                .filter(one -> one.id().equals(id(generation, worker)))
                .map(WorkerStatus::health)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void eachServingWorkerIsAskedAnIntervalAfterItWasAskedBefore() {
        assertThat(asked(1, 1)).isEqualTo(1);
        stage.advance(Duration.ofMillis(500));
        well(1, 1);
        stage.advance(Duration.ofMillis(4499));
        assertThat(asked(1, 1)).isEqualTo(1);
        stage.advance(Duration.ofMillis(1));
        assertThat(asked(1, 1)).isEqualTo(2);
        assertThat(asked(1, 2)).as("one that has not answered").isEqualTo(1);
    }

    @Test
    void aServiceWithoutItIsNeverAskedAndWakesNobody() {
        Stage without = Stage.serving(SpecDraft.service("web").workers(2));
        without.advance(Duration.ofHours(1));
        assertThat(all(without, Effect.AskHealth.class)).isEmpty();
        assertThat(without.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aNewGenerationIsFlippedToWhenEachWorkerHasAnswered() {
        RequestId reload = stage.reload(WEB);
        long before = flips();
        stage.ready("web/g2/w1", "web/g2/w2");
        assertThat(asked(2, 1)).isEqualTo(1);
        well(2, 1);
        assertThat(flips()).isEqualTo(before);
        badly(2, 2);
        stage.advance(INTERVAL);
        assertThat(flips()).isEqualTo(before);
        well(2, 2);
        assertThat(flips()).isEqualTo(before + 1);
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.progress(reload)).contains("HEALTH of 2 began", "HEALTH of 2 DONE", "FLIP of 2 began");
    }

    @Test
    void aNewWorkerThatFailsAsOftenAsConfiguredAbandonsItsGeneration() {
        RequestId reload = stage.reload(WEB);
        long before = flips();
        stage.ready("web/g2/w1", "web/g2/w2");
        for (int i = 0; i < 3; i++) {
            well(2, 1);
            assertThat(stage.isAnswered(reload)).isFalse();
            badly(2, 2);
            stage.advance(i < 2 ? INTERVAL : Duration.ZERO);
        }
        String why = "web/g2/w2 (pid " + stage.pid("web/g2/w2") + ") is unhealthy: " + BAD + ", 3 times in a row";
        stage.exits("web/g2/w1", 143);
        stage.exits("web/g2/w2", 143);
        assertThat(flips()).isEqualTo(before);
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason())
                .isEqualTo(why + "; generation 2 abandoned, generation 1 still serves");
        assertThat(stage.report(reload).phases())
                .last()
                .satisfies(
                        phase -> assertThat(phase.phase() + " " + phase.end()).isEqualTo("HEALTH UNHEALTHY"));
        assertThat(stage.log()).contains("ERROR " + why);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void oneThatCannotBeAskedIsNotBlamedAndThatIsSaid() {
        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1", "web/g2/w2");
        well(2, 1);
        answers(stage, 2, 2, HealthAnswer.NOT_ASKED);
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.report(reload).phases().stream()
                        .filter(phase -> phase.phase() == Phase.HEALTH)
                        .map(phase -> phase.end()))
                .containsExactly(PhaseEnd.NOT_SHOWN);
        assertThat(health(2, 2).state()).isEqualTo(State.NOT_SHOWN);
        assertThat(stage.log())
                .contains(
                        "WARN whether web/g2/w2 (pid " + stage.pid("web/g2/w2") + ") is healthy is not shown: " + BAD);
    }

    @Test
    void steeringThatNeverAnswersIsNoFaultOfTheWorkers() {
        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1", "web/g2/w2");
        stage.advance(Duration.ofSeconds(11));
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(health(2, 1).why()).isEqualTo("steering did not answer");
    }

    @Test
    void anAnswerToAnEarlierQuestionIsNoneToThisOne() {
        long first = lastQuestion(stage, id(1, 1));
        stage.advance(Duration.ofSeconds(11));
        assertThat(health(1, 1).state()).isEqualTo(State.NOT_SHOWN);
        stage.advance(INTERVAL);
        assertThat(asked(1, 1)).isEqualTo(2);
        stage.happens(new Event.HealthSeen(
                id(1, 1), stage.pid("web/g1/w1"), first, HealthAnswer.AS_EXPECTED, "which comes too late"));
        assertThat(health(1, 1).state()).isEqualTo(State.NOT_SHOWN);
        well(1, 1);
        assertThat(health(1, 1).state()).isEqualTo(State.HEALTHY);
    }

    @Test
    void clientsThatNobodyElseTakesDoNotWaitForIt() {
        stage.reload(WEB);
        long before = flips();
        stage.ready("web/g2/w1", "web/g2/w2");
        stage.exits("web/g1/w1", 1);
        assertThat(flips()).isEqualTo(before);
        stage.exits("web/g1/w2", 1);
        assertThat(flips()).isEqualTo(before + 1);
    }

    @Test
    void anUnhealthyWorkerIsSetAsideWhileAnotherIsHealthyAndComesBackWhenItAnswers() {
        unhealthy(1);
        assertThat(setAside()).containsExactly("web/g1/w1 true");
        assertThat(health(1, 1))
                .isEqualTo(new HealthStatus(
                        State.UNHEALTHY, Stage.NOON.plusSeconds(10), BAD + ", 3 times in a row", true));
        assertThat(health(1, 2)).isEqualTo(new HealthStatus(State.HEALTHY, Stage.NOON, "", false));
        assertThat(service().state()).isEqualTo(ServiceState.RUNNING);
        assertThat(service().reason()).contains("web/g1/w1", "is unhealthy: " + BAD);

        well(1, 1);
        assertThat(setAside()).containsExactly("web/g1/w1 true", "web/g1/w1 false");
        assertThat(service().reason()).isEmpty();
        assertThat(stage.log())
                .contains("INFO web/g1/w1 (pid " + stage.pid("web/g1/w1") + ") is healthy again after 5 s");
    }

    @Test
    void fewerFailuresInARowThanConfiguredChangeNothing() {
        for (int i = 0; i < 10; i++) {
            badly(1, 1);
            stage.advance(INTERVAL);
            badly(1, 1);
            stage.advance(INTERVAL);
            well(1, 1);
            stage.advance(INTERVAL);
        }
        assertThat(setAside()).isEmpty();
        assertThat(health(1, 1).state()).isEqualTo(State.HEALTHY);
    }

    @Test
    void theLastHealthyOneIsNeverSetAsideButSaid() {
        unhealthy(1);
        for (int i = 0; i < 3; i++) {
            badly(1, 2);
            stage.advance(INTERVAL);
        }
        assertThat(setAside()).containsExactly("web/g1/w1 true", "web/g1/w1 false");
        assertThat(stage.log())
                .contains("WARN web/g1/w2 (pid " + stage.pid("web/g1/w2")
                        + ") gets new connections all the same: no other worker is healthy");
        assertThat(service().state()).isEqualTo(ServiceState.RUNNING);
        assertThat(service().reason()).startsWith("no worker is healthy: ");
        well(1, 2);
        assertThat(setAside()).last().isEqualTo("web/g1/w1 true");
    }

    @Test
    void oneThatIsSetAsideServesAgainBeforeTheHealthyOnesEndIsFollowed() {
        unhealthy(1);
        stage.exits("web/g1/w2", 1);
        assertThat(stage.effects().stream()
                        .filter(effect -> effect instanceof Effect.SetAside || effect instanceof Effect.SteerAway)
                        .map(effect ->
                                effect.getClass().getSimpleName() + " " + ((Effect.OfSteeredWorker) effect).worker()))
                .containsExactly("SetAside web/g1/w1", "SetAside web/g1/w1", "SteerAway web/g1/w2");
    }

    @Test
    void itRunsOnUnlessARestartIsConfigured() {
        unhealthy(1);
        stage.orders();
        for (int i = 0; i < 20; i++) {
            badly(1, 1);
            well(1, 2);
            stage.advance(INTERVAL);
        }
        assertThat(stage.orders()).isEmpty();
    }

    @Test
    void withARestartOneThatStaysUnhealthyIsEndedAndTheNextHasClientsWhenItHasAnswered() {
        Stage restarting = Stage.serving(SpecDraft.service("web").workers(2).health(Then.RESTART));
        for (int i = 0; i < 3; i++) {
            answers(restarting, 1, 1, HealthAnswer.OTHERWISE);
            answers(restarting, 1, 2, HealthAnswer.AS_EXPECTED);
            restarting.advance(INTERVAL);
        }
        assertThat(restarting.orders()).isEmpty();
        answers(restarting, 1, 1, HealthAnswer.OTHERWISE);
        assertThat(restarting.orders()).containsExactly("SIGTERM to web/g1/w1");
        restarting.exits("web/g1/w1", 0);
        restarting.advance(Duration.ofSeconds(1));
        restarting.ready("web/g1/w1");
        assertThat(restarting.effects().stream()
                        .filter(effect -> effect instanceof Effect.SetAside || effect instanceof Effect.Rejoin)
                        .map(effect -> effect instanceof Effect.SetAside one ? "aside " + one.aside() : "rejoin"))
                .as("of both processes")
                .containsExactly("aside true", "aside true", "rejoin");
        answers(restarting, 1, 1, HealthAnswer.AS_EXPECTED);
        assertThat(all(restarting, Effect.SetAside.class))
                .last()
                .satisfies(last -> assertThat(last.aside()).isFalse());
    }

    @Test
    void withARestartTheLastHealthyOneRunsOn() {
        Stage restarting = Stage.serving(SpecDraft.service("web").health(Then.RESTART));
        for (int i = 0; i < 20; i++) {
            answers(restarting, 1, 1, HealthAnswer.OTHERWISE);
            restarting.advance(INTERVAL);
        }
        assertThat(restarting.orders()).isEmpty();
        assertThat(all(restarting, Effect.SetAside.class)).isEmpty();
    }

    @Test
    void anAdoptedGenerationIsAskedAnew() {
        unhealthy(1);
        Stage next = stage.crash().adopt();
        assertThat(all(next, Effect.AskHealth.class)).hasSize(2);
        assertThat(all(next, Effect.SetAside.class)).isEmpty();
    }

    @Test
    void oneThatLeavesIsAskedNoMore() {
        stage.reload(WEB);
        stage.ready("web/g2/w1", "web/g2/w2");
        well(2, 1);
        well(2, 2);
        long before = asked(1, 1);
        stage.advance(Duration.ofSeconds(20));
        assertThat(asked(1, 1)).isEqualTo(before);
        assertThat(service().generations().get(0).workers().get(0).health()).isEmpty();
    }
}
