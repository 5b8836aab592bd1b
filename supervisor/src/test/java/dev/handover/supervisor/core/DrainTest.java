package dev.handover.supervisor.core;

import static dev.handover.supervisor.core.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Report;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.Signal;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The end of an old generation. */
class DrainTest {
    private static final SpecDraft WEB = service("web");

    /** Reloads 1 to 2 and leaves generation 1 draining. */
    private static RequestId handOver(Stage stage, SpecDraft spec) {
        RequestId reload = stage.reload(spec);
        for (int index = 1; index <= spec.workers(); index++) {
            stage.ready("web/g2/w" + index);
        }
        stage.orders();
        return reload;
    }

    private static List<String> phases(Stage stage, RequestId reload) {
        return stage.report(reload).phases().stream()
                .map(phase -> phase.phase() + " " + phase.end() + " " + Durations.text(phase.took()))
                .toList();
    }

    @Test
    void aProgramThatKnowsNothingOfUsDrainsBySignal() {
        SpecDraft nginx = WEB.drainBy(Signal.QUIT);
        Stage stage = Stage.serving(nginx);

        RequestId reload = stage.reload(nginx);
        stage.ready("web/g2/w1");
        assertThat(stage.orders()).containsExactly("start web/g2/w1", "SIGQUIT to web/g1/w1");
        stage.joins("web/g1/w1");
        assertThat(stage.orders()).as("it needs no DRAIN").isEmpty();

        stage.exits("web/g1/w1", 0);
        assertThat(phases(stage, reload))
                .containsExactly(
                        "START DONE 0 ms",
                        "FLIP DONE 0 ms",
                        "QUIESCE DONE 0 ms",
                        "DRAIN DONE 0 ms",
                        "RELEASE DONE 0 ms");
    }

    @Test
    void aProgramThatCannotDrainIsEndedWhenTheLastOfItsConnectionsIsGone() {
        SpecDraft hello = WEB.drain(new DrainBy.Idle());
        Stage stage = Stage.serving(hello);

        RequestId reload = handOver(stage, hello);
        stage.seen("web/g1/w1", 3);
        stage.seen("web/g1/w1", 1);
        stage.advance(Duration.ofSeconds(20));
        assertThat(stage.orders()).as("it is watched, and told nothing").isEmpty();
        stage.seen("web/g1/w1", 0);
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
        stage.exits("web/g1/w1", 143);

        assertThat(phases(stage, reload))
                .containsExactly(
                        "START DONE 0 ms",
                        "FLIP DONE 0 ms",
                        "QUIESCE DONE 0 ms",
                        "DRAIN DONE 20 s",
                        "RELEASE DONE 0 ms");
        assertThat(stage.report(reload).drained()).isEqualTo(OptionalLong.of(3));
        assertThat(stage.report(reload).cut()).isEqualTo(OptionalLong.of(0));
    }

    @Test
    void aProgramThatCannotDrainIsWatchedFromTheDrainOnAndNotBefore() {
        SpecDraft hello = WEB.drain(new DrainBy.Idle());
        Stage stage = Stage.serving(hello);

        stage.seen("web/g1/w1", 0);
        assertThat(stage.orders()).isEmpty();
        stage.reload(hello);
        stage.ready("web/g2/w1");
        assertThat(stage.orders()).containsExactly("start web/g2/w1", "watch connections of web/g1/w1");
    }

    @Test
    void aProgramThatIsNotIdleAtItsDeadlineIsEndedAndItsConnectionsAreCounted() {
        SpecDraft hello = WEB.drain(new DrainBy.Idle());
        Stage stage = Stage.serving(hello);

        RequestId reload = handOver(stage, hello);
        stage.seen("web/g1/w1", 2);
        stage.advance(Duration.ofSeconds(60));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
        stage.exits("web/g1/w1", 143);

        assertThat(phases(stage, reload)).contains("DRAIN DRAIN_TIMED_OUT 60 s");
        assertThat(stage.report(reload).cut()).isEqualTo(OptionalLong.of(2));
    }

    @Test
    void anIdleProgramThatIgnoresItsStopSignalIsKilledAndThatIsSaid() {
        SpecDraft hello = WEB.drain(new DrainBy.Idle());
        Stage stage = Stage.serving(hello);

        RequestId reload = handOver(stage, hello);
        stage.seen("web/g1/w1", 0);
        stage.advance(Duration.ofSeconds(5));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1", "SIGKILL to web/g1/w1");
        stage.exits("web/g1/w1", 137);

        assertThat(phases(stage, reload)).contains("DRAIN DONE 5 s", "STOP KILLED 0 ms");
    }

    @Test
    void pastItsDeadlineAWorkerGetsTermAndItsCutConnectionsAreCounted() {
        Stage stage = Stage.serving(WEB);
        stage.connections("web/g1/w1", 7);
        RequestId reload = handOver(stage, WEB);

        stage.connections("web/g1/w1", 2);
        stage.advance(Duration.ofSeconds(60));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 STOPPING", "2 SERVING");
        assertThat(stage.log())
                .contains("WARN web/g1/w1 (pid 101) did not drain within its deadline, 2 connections cut;"
                        + " sending SIGTERM");

        stage.advance(Duration.ofSeconds(1));
        stage.exits("web/g1/w1", 143);
        assertThat(phases(stage, reload))
                .containsExactly(
                        "START DONE 0 ms",
                        "FLIP DONE 0 ms",
                        "QUIESCE DONE 0 ms",
                        "DRAIN DRAIN_TIMED_OUT 60 s",
                        "STOP DONE 1 s",
                        "RELEASE DONE 0 ms");
        assertThat(stage.report(reload).drained()).isEqualTo(OptionalLong.of(5));
        assertThat(stage.report(reload).cut()).isEqualTo(OptionalLong.of(2));
        assertThat(stage.report(reload).outcome()).isEqualTo(Report.ReloadOutcome.COMPLETED);
    }

    @Test
    void aWorkerThatIgnoresTermIsKilledAfterItsGrace() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = handOver(stage, WEB);

        stage.advance(Duration.ofSeconds(65));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1", "SIGKILL to web/g1/w1");
        stage.exits("web/g1/w1", 137);

        assertThat(phases(stage, reload))
                .containsExactly(
                        "START DONE 0 ms",
                        "FLIP DONE 0 ms",
                        "QUIESCE DONE 0 ms",
                        "DRAIN DRAIN_TIMED_OUT 60 s",
                        "STOP KILLED 5 s",
                        "RELEASE DONE 0 ms");
        assertThat(stage.progress(reload))
                .endsWith("STOP of 1 began", "STOP of 1 KILLED", "RELEASE of 1 began", "RELEASE of 1 DONE");
    }

    @Test
    void aProcessThatDoesNotEvenDieIsLeftBehindInTheEnd() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = handOver(stage, WEB);

        stage.advance(Duration.ofSeconds(75));

        assertThat(stage.report(reload).outcome()).isEqualTo(Report.ReloadOutcome.COMPLETED);
        assertThat(stage.log())
                .contains("ERROR web/g1/w1 (pid 101) is still there 10 s after KILL;"
                        + " it is left behind and no longer watched");
    }

    @Test
    void aWorkerThatSaysDoneButStaysIsEndedAfterItsGraceAndHasStillDrained() {
        Stage stage = Stage.serving(WEB);
        stage.connections("web/g1/w1", 3);
        RequestId reload = handOver(stage, WEB);

        stage.advance(Duration.ofSeconds(1));
        stage.done("web/g1/w1");
        stage.done("web/g1/w1");
        stage.advance(Duration.ofSeconds(4));
        assertThat(stage.orders()).isEmpty();
        stage.advance(Duration.ofSeconds(1));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
        assertThat(stage.log())
                .contains("WARN web/g1/w1 (pid 101) said DONE but did not exit within 5 s; sending SIGTERM");

        stage.exits("web/g1/w1", 143);
        assertThat(phases(stage, reload))
                .containsExactly(
                        "START DONE 0 ms",
                        "FLIP DONE 0 ms",
                        "QUIESCE DONE 0 ms",
                        "DRAIN DONE 6 s",
                        "STOP DONE 0 ms",
                        "RELEASE DONE 0 ms");
        assertThat(stage.report(reload).drained()).isEqualTo(OptionalLong.of(3));
        assertThat(stage.report(reload).cut()).isEqualTo(OptionalLong.of(0));
    }

    @Test
    void aWorkerThatSaidDoneDoesNotShortenTheDrainOfItsSiblings() {
        Stage stage = Stage.serving(WEB.workers(2));
        RequestId reload = handOver(stage, WEB);

        stage.done("web/g1/w1");
        stage.advance(Duration.ofSeconds(10));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1", "SIGKILL to web/g1/w1");
        stage.exits("web/g1/w1", 137);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");

        stage.advance(Duration.ofSeconds(20));
        stage.drains("web/g1/w2");
        assertThat(phases(stage, reload))
                .containsExactly(
                        "START DONE 0 ms",
                        "FLIP DONE 0 ms",
                        "QUIESCE DONE 0 ms",
                        "DRAIN DONE 30 s",
                        "RELEASE DONE 0 ms");
    }

    @Test
    void aWorkerThatDiesWhileItDrainsHasCutWhatItHadOpen() {
        Stage stage = Stage.serving(WEB);
        stage.connections("web/g1/w1", 4);
        RequestId reload = handOver(stage, WEB);

        stage.exits("web/g1/w1", 139);

        assertThat(stage.report(reload).cut()).isEqualTo(OptionalLong.of(4));
        assertThat(stage.report(reload).drained()).isEqualTo(OptionalLong.of(0));
        assertThat(stage.log())
                .contains("WARN web/g1/w1 (pid 101) exited with 139 (128 + signal 11) while it drained,"
                        + " 4 connections cut");
    }

    @Test
    void aWorkerThatReconnectsIsToldAgainWithTheTimeThatIsLeft() {
        Stage stage = Stage.serving(WEB);
        handOver(stage, WEB);

        stage.advance(Duration.ofSeconds(20));
        stage.joins("web/g1/w1");

        assertThat(stage.orders()).containsExactly("DRAIN 40 s to web/g1/w1");
    }

    @Test
    void aWorkerThatCannotBeToldIsSaidSoWithTheWayOut() {
        Stage stage = Stage.serving(WEB);
        handOver(stage, WEB);

        stage.notTold("web/g1/w1");

        assertThat(stage.log())
                .filteredOn(line -> line.startsWith("WARN"))
                .singleElement()
                .asString()
                .contains("holds no connection of the worker protocol", "set drain to a signal");
    }

    @Test
    void aWorkerThatIsBeingRestartedAtTheDrainIsNotStartedAnyMore() {
        Stage stage = Stage.serving(WEB.workers(2));
        stage.exits("web/g1/w1", 1);
        stage.advance(Duration.ZERO);
        stage.exits("web/g1/w1", 1); // waits for 200 ms now

        RequestId reload = handOver(stage, WEB);
        stage.drains("web/g1/w2");
        stage.advance(Duration.ofSeconds(1));

        assertThat(stage.report(reload).outcome()).isEqualTo(Report.ReloadOutcome.COMPLETED);
        assertThat(stage.workers("web")).containsExactly("web/g2/w1 READY");
    }

    @Test
    void aWorkerThatWasKilledLongBeforeDoesNotSpoilTheDrain() {
        SpecDraft watched = WEB.heartbeat(Duration.ofSeconds(10));
        Stage stage = Stage.serving(watched);
        stage.advance(Duration.ofSeconds(15));
        stage.exits("web/g1/w1", 137);
        stage.advance(Duration.ZERO);
        stage.ready("web/g1/w1");

        RequestId reload = handOver(stage, WEB);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        stage.drains("web/g1/w1");

        assertThat(phases(stage, reload))
                .containsExactly(
                        "START DONE 0 ms",
                        "FLIP DONE 0 ms",
                        "QUIESCE DONE 0 ms",
                        "DRAIN DONE 0 ms",
                        "RELEASE DONE 0 ms");
    }
}
