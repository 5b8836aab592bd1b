package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.terms.WorkerState;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Workers that die, fall silent or never get ready while nothing is reloaded. */
class WorkerRestartTest {
    private static final SpecDraft WEB = service("web");
    private static final String WORKER = "web/g1/w1";

    /** Lets the worker die as soon as it is ready, time and again; returns the waits before its restarts. */
    private static List<String> waits(Stage stage, int deaths) {
        for (int death = 0; death < deaths; death++) {
            stage.exits(WORKER, 1);
            stage.advance(Backoff.LONGEST);
            stage.ready(WORKER);
        }
        return restarts(stage);
    }

    private static List<String> restarts(Stage stage) {
        return stage.log().stream()
                .filter(line -> line.contains("is started again"))
                .map(line -> line.substring(line.indexOf("again ") + "again ".length()))
                .toList();
    }

    @Test
    void aWorkerThatDiesIsRestartedAtOnceThenEverLaterUpToHalfAMinute() {
        Stage stage = Stage.serving(WEB);

        assertThat(waits(stage, 11))
                .containsExactly(
                        "at once",
                        "in 200 ms",
                        "in 400 ms",
                        "in 800 ms",
                        "in 1600 ms",
                        "in 3200 ms",
                        "in 6400 ms",
                        "in 12800 ms",
                        "in 25600 ms",
                        "in 30000 ms",
                        "in 30000 ms");
    }

    @Test
    void aWorkerThatHasLivedIsRestartedAtOnceAgain() {
        Stage stage = Stage.serving(WEB);
        waits(stage, 3);

        stage.advance(Backoff.FORGIVEN_AFTER);

        assertThat(waits(stage, 2)).endsWith("at once", "in 200 ms");
    }

    @Test
    void theTimeThatAProcessTookToGetReadyDoesNotCountAsLife() {
        Stage stage = Stage.serving(WEB);
        stage.exits(WORKER, 1);
        stage.advance(Duration.ofSeconds(20)); // starting, all the while
        stage.exits(WORKER, 1);

        assertThat(restarts(stage)).last().isEqualTo("in 200 ms");
    }

    @Test
    void restartsAndTheLastExitAreShownByStatus() {
        Stage stage = Stage.serving(WEB);
        stage.connections(WORKER, 9);
        stage.says(WORKER, "busy");
        assertThat(stage.worker(WORKER).connections()).isEqualTo(OptionalLong.of(9));
        assertThat(stage.worker(WORKER).text()).isEqualTo("busy");

        stage.exits(WORKER, 1);
        stage.advance(Duration.ZERO);
        stage.exits(WORKER, 137);

        assertThat(stage.worker(WORKER).restarts()).isEqualTo(2);
        assertThat(stage.worker(WORKER).lastExit()).contains("exited with 137 (128 + signal 9)");
        assertThat(stage.worker(WORKER).state()).isEqualTo(WorkerState.WAITING);
        assertThat(stage.worker(WORKER).pid()).isEmpty();
        assertThat(stage.worker(WORKER).connections()).isEmpty();
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void whatIsLeftOfADeadWorkersProcessGroupIsEndedBeforeItsRestart() {
        Stage stage = Stage.serving(WEB);
        ProcessId dead = new ProcessId(stage.pid(WORKER), stage.pid(WORKER) * 10);

        stage.exits(WORKER, 1);

        assertThat(stage.effects())
                .containsSubsequence(
                        new Effect.Forget(workerId(), dead), new Effect.StartWorker(workerId(), WEB.spec()));
    }

    private static WorkerId workerId() {
        return new WorkerId(new ServiceName("web"), new GenerationId(1), 1);
    }

    @Test
    void wordsOfAProcessThatIsGoneAreIgnored() {
        Stage stage = Stage.serving(WEB);
        long old = stage.pid(WORKER);
        stage.exits(WORKER, 1);
        stage.advance(Duration.ZERO);

        stage.happens(new Event.SaidReady(workerId(), old));
        stage.happens(new Event.Listening(workerId(), old));
        stage.happens(new Event.SaidStatus(workerId(), old, "I live"));
        stage.happens(new Event.SaidConnections(workerId(), old, 3));
        stage.happens(new Event.Exited(workerId(), old, new Exit.Code(2), List.of()));

        assertThat(stage.worker(WORKER).state()).isEqualTo(WorkerState.STARTING);
        assertThat(stage.worker(WORKER).text()).isEmpty();
        assertThat(stage.worker(WORKER).restarts()).isEqualTo(1);
    }

    @Test
    void wordsOfAWorkerOfAGenerationThatIsGoneAreIgnored() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.ready("web/g2/w1");
        long old = stage.pid(WORKER);
        stage.drains(WORKER);
        stage.orders();

        stage.happens(new Event.SaidReady(workerId(), old));
        stage.happens(new Event.Exited(workerId(), old, new Exit.Code(0), List.of()));

        assertThat(stage.generations("web")).containsExactly("2 SERVING");
        assertThat(stage.orders()).isEmpty();
    }

    @Test
    void theFirstGenerationIsTriedAgainUntilItServes() {
        Stage stage = new Stage(WEB.workers(2)).boot();
        assertThat(stage.announced().standing()).isEqualTo(Effect.Standing.STARTING);

        stage.ready("web/g1/w1");
        stage.exits("web/g1/w2", 1);
        assertThat(stage.announced().standing())
                .as("its service manager need not wait")
                .isEqualTo(Effect.Standing.READY);
        stage.advance(Duration.ZERO);
        stage.advance(Duration.ofSeconds(30)); // not ready in time
        stage.exits("web/g1/w2", 143);
        stage.advance(Duration.ofSeconds(1));
        assertThat(stage.generations("web")).containsExactly("1 STARTING");

        stage.ready("web/g1/w2");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void aReloadReplacesAFirstGenerationThatNeverServed() {
        Stage stage = new Stage(WEB.workers(2)).boot();
        stage.exits(WORKER, 1, "bad flag");
        stage.orders();

        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1");
        assertThat(stage.orders()).containsExactly("start web/g2/w1", "SIGTERM to web/g1/w1", "SIGTERM to web/g1/w2");
        stage.exits(WORKER, 143);
        stage.exits("web/g1/w2", 143);

        assertThat(stage.report(reload).outcome()).isEqualTo(Report.ReloadOutcome.COMPLETED);
        assertThat(stage.progress(reload)).endsWith("STOP of 1 began", "STOP of 1 DONE");
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void aReloadThatFailsLeavesAFirstGenerationThatIsBeingTriedAlone() {
        Stage stage = new Stage(WEB).boot();

        RequestId reload = stage.reload(WEB);
        stage.exits("web/g2/w1", 1);

        assertThat(stage.report(reload).reason()).endsWith("generation 2 abandoned, generation 1 is still being tried");
        stage.ready(WORKER);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void aFirstGenerationThatGetsReadyDuringAReloadIsDrainedByIt() {
        Stage stage = new Stage(WEB).boot();
        stage.reload(WEB);

        stage.ready(WORKER);
        stage.ready("web/g2/w1");

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
    }

    @Test
    void aReadyWorkerThatFallsSilentIsEndedAndRestarted() {
        Stage stage = Stage.serving(WEB.heartbeat(Duration.ofSeconds(10)));

        stage.advance(Duration.ofSeconds(9));
        stage.alive(WORKER);
        stage.advance(Duration.ofSeconds(9));
        assertThat(stage.orders()).isEmpty();
        stage.advance(Duration.ofSeconds(1));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
        assertThat(stage.log())
                .contains("ERROR web/g1/w1 (pid 101) has not said for 10 s that it is alive; it is ended");

        stage.exits(WORKER, 143);
        assertThat(restarts(stage)).last().isEqualTo("at once");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void aWorkerThatLivedLongBeforeItFellSilentIsRestartedAtOnce() {
        Stage stage = Stage.serving(WEB.heartbeat(Duration.ofSeconds(20)));
        stage.exits(WORKER, 1);
        stage.advance(Duration.ZERO);
        stage.ready(WORKER);

        stage.advance(Duration.ofSeconds(20));
        stage.exits(WORKER, 143);

        assertThat(restarts(stage)).last().isEqualTo("at once");
    }

    @Test
    void aWorkerThatSaysThatItFailedIsRestarted() {
        Stage stage = Stage.serving(WEB);

        stage.failed(WORKER);

        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
    }

    @Test
    void aCandidateThatFallsSilentBeforeItsSiblingsAreReadyFailsItsReload() {
        SpecDraft watched = WEB.workers(2).heartbeat(Duration.ofSeconds(10));
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(watched);
        stage.ready("web/g2/w1");

        stage.advance(Duration.ofSeconds(10));
        stage.exits("web/g2/w1", 143);
        stage.exits("web/g2/w2", 143);

        assertThat(stage.report(reload).reason()).startsWith("web/g2/w1 (pid 102) has not said for 10 s");
        assertThat(ends(stage, reload)).containsExactly(Report.PhaseEnd.UNWELL);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void aCandidateThatStopsOfItsOwnAccordOnceItWasReadyIsNotSaidToHaveEndedBefore() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB.workers(2));
        stage.ready("web/g2/w1");

        stage.happens(new Event.SaidDraining(
                new WorkerId(new ServiceName("web"), new GenerationId(2), 1), stage.pid("web/g2/w1")));
        stage.exits("web/g2/w1", 0);
        stage.exits("web/g2/w2", 143);

        assertThat(stage.report(reload).reason()).startsWith("web/g2/w1 (pid 102) stops of its own accord");
        assertThat(ends(stage, reload)).containsExactly(Report.PhaseEnd.LEFT);
    }

    @Test
    void norIsOneThatExitsOnceItWasReady() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB.workers(2));
        stage.ready("web/g2/w1");

        stage.exits("web/g2/w1", 1);
        stage.exits("web/g2/w2", 143);

        assertThat(ends(stage, reload)).containsExactly(Report.PhaseEnd.LEFT);
    }

    private static List<Report.PhaseEnd> ends(Stage stage, RequestId reload) {
        return stage.report(reload).phases().stream()
                .map(Report.PhaseReport::end)
                .toList();
    }

    @Test
    void aDrainingWorkerNeedNotSayThatItIsAlive() {
        SpecDraft watched = WEB.heartbeat(Duration.ofSeconds(10));
        Stage stage = Stage.serving(watched);
        stage.reload(WEB);
        stage.ready("web/g2/w1");
        stage.orders();

        stage.advance(Duration.ofSeconds(59));

        assertThat(stage.orders()).isEmpty();
    }
}
