package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.GivenUp;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Workers that end as is expected, and those that have been started again too often. */
class RestartLimitTest {
    private static final SpecDraft WEB = service("web");
    private static final ServiceName NAME = new ServiceName("web");
    private static final String WORKER = "web/g1/w1";

    /** Lets the worker of the first generation die as soon as it is ready. */
    private static void crash(Stage stage, int deaths) {
        crash(stage, WORKER, deaths);
    }

    private static void crash(Stage stage, String worker, int deaths) {
        for (int death = 1; death <= deaths; death++) {
            stage.exits(worker, 1);
            stage.advance(Duration.ofSeconds(4));
            if (death < deaths) {
                stage.ready(worker);
            }
        }
    }

    private static Stage givenUp() {
        Stage stage = Stage.serving(WEB.mostRestarts(2));
        crash(stage, 3);
        return stage;
    }

    private static List<String> errors(Stage stage) {
        return stage.log().stream().filter(line -> line.startsWith("ERROR")).toList();
    }

    @Test
    void anExpectedExitIsNoErrorAndTheWorkerIsStartedAgain() {
        Stage stage = Stage.serving(WEB.workers(2).expectedExits(0, 3));

        stage.exits(WORKER, 3);

        assertThat(errors(stage)).isEmpty();
        assertThat(stage.log()).contains("INFO " + WORKER + " (pid 101) exited with 3, as is expected");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
        assertThat(stage.service("web").reason()).isEqualTo(WORKER + " (pid 101) exited with 3, as is expected");
        stage.advance(Duration.ZERO);
        stage.ready(WORKER);
        assertThat(stage.service("web").reason()).isEmpty();
        assertThat(stage.worker(WORKER).restarts()).isEqualTo(1);
    }

    @Test
    void anyOtherExitIsAnErrorAndSoIsOneBeforeAWorkerIsReady() {
        Stage stage = Stage.serving(WEB.workers(2).expectedExits(0, 3));

        stage.exits(WORKER, 1);
        stage.advance(Duration.ZERO);
        stage.exits(WORKER, 3);

        assertThat(errors(stage))
                .containsExactly(
                        "ERROR " + WORKER + " (pid 101) exited with 1 while it served",
                        "ERROR " + WORKER + " (pid 103) exited with 3 before it was ready");
    }

    @Test
    void aNewGenerationThatExitsAsExpectedBeforeItServesHasFailed() {
        SpecDraft two = WEB.workers(2).expectedExits(0);
        Stage stage = Stage.serving(two);
        RequestId reload = stage.reload(two);

        stage.ready("web/g2/w1");
        stage.exits("web/g2/w1", 0);
        stage.exits("web/g2/w2", 0);

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void expectedExitsCountAsRestartsSoThatALoopOfThemIsSeen() {
        Stage stage = Stage.serving(WEB.mostRestarts(2).expectedExits(1));

        crash(stage, 3);

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
    }

    @Test
    void aServiceWhoseWorkerHasBeenStartedAgainTooOftenStaysDownAndSaysWhy() {
        Stage stage = givenUp();
        stage.advance(Duration.ofHours(2));

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
        assertThat(stage.service("web").since()).contains(Stage.NOON.plusSeconds(8));
        assertThat(stage.service("web").reason())
                .isEqualTo(WORKER + " (pid 103) exited with 1 after it had been ready; given up after 2 restarts within"
                        + " 60 s; supervisorctl start web tries again");
        assertThat(stage.service("web").generations()).isEmpty();
        assertThat(errors(stage))
                .filteredOn(line -> line.contains("is given up"))
                .containsExactly(
                        "ERROR " + WORKER
                                + " is given up after 2 restarts within 60 s: supervisorctl reload starts it anew",
                        "ERROR web is given up, and stays down: "
                                + stage.service("web").reason());
        assertThat(stage.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void restartsThatLieFurtherBackDoNotCount() {
        Stage stage = Stage.serving(WEB.mostRestarts(2));
        for (int death = 0; death < 10; death++) {
            stage.advance(Duration.ofSeconds(30));
            stage.exits(WORKER, 1);
            stage.advance(Duration.ZERO);
            stage.ready(WORKER);
        }

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
    }

    @Test
    void withNoneAllowedTheFirstDeathIsTheLast() {
        Stage stage = Stage.serving(WEB.mostRestarts(0));

        stage.exits(WORKER, 1);

        assertThat(stage.service("web").reason()).contains("given up after 0 restarts within 60 s");
    }

    @Test
    void siblingsOfAWorkerThatIsGivenUpServeOn() {
        Stage stage = Stage.serving(WEB.workers(2).mostRestarts(1));

        crash(stage, 2);

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
        assertThat(stage.service("web").reason()).contains("given up after 1 restart within 60 s");
        assertThat(stage.workers("web")).containsExactly("web/g1/w1 EXITED", "web/g1/w2 READY");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void aFirstGenerationThatNeverGetsReadyIsGivenUp() {
        Stage stage = new Stage(WEB.mostRestarts(1)).boot();

        stage.exits(WORKER, 7);
        stage.advance(Duration.ofSeconds(1));
        stage.exits(WORKER, 7);

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
        assertThat(stage.service("web").reason())
                .contains("exited with 7 before it was ready; given up after 1 restart");
    }

    @Test
    void aFirstGenerationServesWithoutAWorkerThatIsGivenUp() {
        Stage stage = new Stage(WEB.workers(2).mostRestarts(0)).boot();

        stage.exits(WORKER, 7);
        stage.ready("web/g1/w2");

        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
        assertThat(stage.service("web").reason()).contains("given up after 0 restarts");
    }

    @Test
    void aReloadOrAStartTriesAgain() {
        SpecDraft limited = WEB.mostRestarts(2).withoutAutostart();
        for (boolean start : List.of(true, false)) {
            Stage stage = givenUp();
            RequestId asked = start ? stage.start("web", limited) : stage.reload(limited);
            stage.comesUp("web/g2/w1");

            assertThat(stage.isAnswered(asked)).isTrue();
            assertThat(stage.generations("web")).containsExactly("2 SERVING");
            assertThat(stage.memory().givenUp()).isEmpty();
        }
    }

    @Test
    void aReloadThatIsUnderWayGoesOn() {
        SpecDraft limited = WEB.mostRestarts(0);
        Stage stage = Stage.serving(limited);
        RequestId reload = stage.reload(limited);

        stage.exits(WORKER, 1);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");
        stage.comesUp("web/g2/w1");
        stage.advance(Duration.ofMinutes(3));

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void whenThatReloadFailsTooItIsGivenUp() {
        SpecDraft limited = WEB.mostRestarts(0);
        Stage stage = Stage.serving(limited);
        RequestId reload = stage.reload(limited);

        stage.exits(WORKER, 1);
        stage.exits("web/g2/w1", 1);
        stage.advance(Duration.ofMinutes(3));

        assertThat(stage.report(reload).reason()).endsWith("generation 2 abandoned, generation 1 is given up");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
    }

    @Test
    void theNextSupervisorLeavesItDownButNotOneAfterAShutdown() {
        Stage next = givenUp().crash().adopt();
        assertThat(next.service("web").state()).isEqualTo(ServiceState.DOWN);
        assertThat(next.service("web").reason()).contains("given up after 2 restarts");
        assertThat(next.service("web").since()).contains(Stage.NOON.plusSeconds(8));
        assertThat(next.orders()).isEmpty();

        next.shutdown();
        assertThat(next.hasEnded()).isTrue();
        assertThat(next.memory().givenUp()).isEmpty();
    }

    @Test
    void aMachineThatIsStartedAnewTriesAgain() {
        Memory memory = givenUp().memory();

        assertThat(memory.givenUp()).containsOnlyKeys(NAME);
        assertThat(memory.withoutProcesses().givenUp()).isEqualTo(Map.<ServiceName, GivenUp>of());
    }

    @Test
    void aStopTurnsDownIntoStopped() {
        Stage stage = givenUp();

        assertThat(stage.answer(stage.stop("web"))).isEqualTo(new Reply.Stopped(NAME, Optional.empty()));
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPED);
    }

    /** Its second generation serves, and the first one drains. */
    private static Stage besideADrain() {
        Stage stage = Stage.serving(WEB.mostRestarts(2));
        stage.reload(WEB.mostRestarts(2));
        stage.comesUp("web/g2/w1");
        crash(stage, "web/g2/w1", 3);
        return stage;
    }

    @Test
    void aServiceIsGivenUpWhileAnOlderGenerationDrains() {
        Stage stage = besideADrain();

        assertThat(stage.generations("web")).containsExactly("1 DRAINING");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
        assertThat(stage.service("web").reason()).contains("exited with 1").contains("start web tries again");
        stage.drains("web/g1/w1");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
    }

    @Test
    void whatIsGivenUpBesideADrainCanBeStartedAgainAtOnce() {
        Stage stage = besideADrain();

        RequestId reload = stage.reload(WEB);
        stage.comesUp("web/g3/w1");

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "3 SERVING");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void theReloadThatLedToItFailsOnceItsOldGenerationHasGone() {
        Stage stage = Stage.serving(WEB.mostRestarts(2));
        RequestId reload = stage.reload(WEB.mostRestarts(2));
        stage.comesUp("web/g2/w1");
        crash(stage, "web/g2/w1", 3);
        stage.drains("web/g1/w1");

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason()).contains("generation 2 served, but");
    }

    @Test
    void aReloadThatWaitedForADrainBeginsWhenWhatServesIsGivenUp() {
        Stage stage = Stage.serving(WEB.mostRestarts(2));
        stage.reload(WEB.mostRestarts(2));
        stage.comesUp("web/g2/w1");
        RequestId waits = stage.reload(WEB);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        crash(stage, "web/g2/w1", 3);
        stage.comesUp("web/g3/w1");

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "3 SERVING");
        assertThat(stage.report(waits).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void whereTheNextOneFailsTooItIsDownAndMayBeTriedAgain() {
        Stage stage = besideADrain();
        RequestId reload = stage.reload(WEB);
        stage.exits("web/g3/w1", 7);
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
        assertThat(stage.service("web").reason()).contains("exited with 7");

        stage.reload(WEB);
        stage.comesUp("web/g4/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "4 SERVING");
    }

    @Test
    void whatIsGivenUpCanBeRolledBackToTheLastGoodOne() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB.mostRestarts(2).workers(1));
        stage.comesUp("web/g2/w1");
        crash(stage, "web/g2/w1", 3);
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);

        RequestId back = stage.ask(new Request.Rollback(Optional.of(NAME), Stage.OPERATOR));
        stage.comesUp("web/g3/w1");

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "3 SERVING");
        assertThat(stage.report(back).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void aStopDropsTheReloadThatWaits() {
        Stage stage = Stage.serving(WEB.mostRestarts(2));
        stage.reload(WEB.mostRestarts(2).maxGenerations(3));
        stage.comesUp("web/g2/w1");
        stage.reload(WEB.mostRestarts(2).maxGenerations(3));
        stage.comesUp("web/g3/w1");
        RequestId waits = stage.reload(WEB);
        crash(stage, "web/g3/w1", 3);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING");

        stage.stop("web");
        assertThat(stage.report(waits).outcome()).isEqualTo(ReloadOutcome.CANCELLED);
        stage.drains("web/g1/w1", "web/g2/w1");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPED);
    }
}
