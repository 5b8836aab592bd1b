package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.EndedBy;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.OpenConnection;
import dev.handover.supervisor.terms.Report;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The end of an old generation. */
class DrainTest {
    private static final SpecDraft WEB = service("web");
    private static final SpecDraft LISTENING = WEB.listen("tcp://127.0.0.1:80");

    /** Reloads 1 to 2 and leaves generation 1 draining. */
    private static RequestId handOver(Stage stage, SpecDraft spec) {
        RequestId reload = stage.reload(spec);
        for (int index = 1; index <= spec.spec().workers(); index++) {
            stage.comesUp("web/g2/w" + index);
        }
        stage.orders();
        return reload;
    }

    /** The same, with what that leads to. */
    private static RequestId handOver(Stage stage, SpecDraft spec, String told) {
        RequestId reload = stage.reload(spec);
        for (int index = 1; index <= spec.spec().workers(); index++) {
            stage.comesUp("web/g2/w" + index);
        }
        assertThat(stage.orders().stream().filter(order -> order.startsWith("DRAIN")))
                .containsExactly(told);
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
    void whatADrainingWorkerWaitsForIsShownAndGrowsOlderUntilItIsGone() {
        SpecDraft hello = WEB.drain(new DrainBy.Idle());
        Stage stage = Stage.serving(hello);
        handOver(stage, hello);
        InetSocketAddress client = new InetSocketAddress("2001:db8::7", 51234);
        OpenConnection seen = new OpenConnection(client, Duration.ofMinutes(4));

        stage.seen("web/g1/w1", 5, List.of(seen));
        stage.advance(Duration.ofSeconds(10));

        assertThat(stage.worker("web/g1/w1").oldest())
                .containsExactly(new OpenConnection(client, Duration.ofSeconds(250)));
        assertThat(stage.worker("web/g2/w1").oldest()).isEmpty();
        stage.seen("web/g1/w1", 1, List.of());
        assertThat(stage.worker("web/g1/w1").oldest()).isEmpty();
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
        assertThat(stage.log())
                .contains("WARN web/g1/w1 (pid 101) did not drain within its deadline, with 2 connections open;"
                        + " sending SIGTERM");
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
        Stage stage = Stage.serving(LISTENING);
        stage.account("web/g1/w1", new DrainAccount(5, 0, 0, 2, 0, 0, List.of()));
        RequestId reload = handOver(stage, LISTENING);

        stage.seen("web/g1/w1", 2);
        stage.advance(Duration.ofSeconds(60));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 STOPPING", "2 SERVING");
        assertThat(stage.log())
                .contains("WARN web/g1/w1 (pid 101) did not drain within its deadline, with 2 connections open;"
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
        assertThat(stage.report(reload).drain().orElseThrow().account().cut()).isEqualTo(2);
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
    void aWorkerThatDiesWhileItDrainsHasCutWhatTheKernelShowsWhateverItSaid() {
        Stage stage = Stage.serving(LISTENING);
        stage.account("web/g1/w1", new DrainAccount(0, 0, 0, 4, 0, 0, List.of()));
        stage.connections("web/g1/w1", 5);
        RequestId reload = handOver(stage, LISTENING);

        stage.done("web/g1/w1");
        stage.exits("web/g1/w1", 0);

        DrainReport drain = stage.report(reload).drain().orElseThrow();
        assertThat(drain.account().cut()).isEqualTo(4);
        assertThat(drain.said()).contains(new DrainReport.Said(5, 0));
        assertThat(stage.report(reload).ledger().orElseThrow().verdict()).isEqualTo("not lossless: 4 connections cut");
        assertThat(stage.log())
                .contains("WARN web/g1/w1 (pid 101) exited with 0 with 4 connections cut:"
                        + " each had asked, and was not answered");
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

    @Test
    void nobodyIsToldBeforeItIsKnownWhatItHoldsUnlessTheWitnessIsSilent() {
        Stage stage = Stage.serving(LISTENING);
        stage.witnessSleeps();
        RequestId reload = handOver(stage, LISTENING);
        assertThat(stage.orders()).isEmpty();

        stage.advance(Drain.WITNESS_LIMIT);
        assertThat(stage.orders()).containsExactly("DRAIN 50 s to web/g1/w1");
        stage.exits("web/g1/w1", 0);
        stage.advance(Duration.ofSeconds(80));

        assertThat(stage.report(reload).ledger().orElseThrow().verdict())
                .isEqualTo("not shown: web/g1/w1 (pid 101): what became of its connections was not seen in time");
    }

    @Test
    void whileTheWitnessIsSilentHalfOfTheDrainsTimeIsKeptForTheWorker() {
        SpecDraft brief = LISTENING.drainTimeout(Duration.ofSeconds(4));
        Stage stage = Stage.serving(brief);
        stage.witnessSleeps();
        handOver(stage, brief);
        stage.advance(Duration.ofMillis(1999));
        assertThat(stage.orders()).isEmpty();
        stage.advance(Duration.ofMillis(1));
        assertThat(stage.orders()).containsExactly("DRAIN 2 s to web/g1/w1");
    }

    @Test
    void workersWhoHoldConnectionsAreToldOneAfterAnotherAndEachHasItsWholeTime() {
        SpecDraft web = LISTENING.workers(4).drainSpread(Duration.ofSeconds(8));
        Stage stage = Stage.serving(web);
        stage.holds("web/g1/w2", 5, false, "");
        stage.holds("web/g1/w3", 5, false, "");
        stage.holds("web/g1/w4", 5, false, "");
        RequestId reload = handOver(stage, web, "DRAIN 60 s to web/g1/w1");

        stage.advance(Duration.ofSeconds(1));
        assertThat(stage.orders()).isEmpty();
        stage.advance(Duration.ofSeconds(1));
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to web/g1/w2");
        stage.seen("web/g1/w4", 0);
        assertThat(stage.orders()).as("it holds none any more").containsExactly("DRAIN 64 s to web/g1/w4");
        stage.advance(Duration.ofSeconds(2));
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to web/g1/w3");
        stage.advance(Duration.ofSeconds(4));
        assertThat(stage.orders()).isEmpty();

        for (int index = 1; index <= 4; index++) {
            stage.exits("web/g1/w" + index, 0);
        }
        assertThat(stage.report(reload).ledger().orElseThrow().verdict()).doesNotContain("not seen in time");
    }

    @Test
    void whoWaitsForItsTurnMayEndMeanwhile() {
        SpecDraft web = LISTENING.workers(2).drainSpread(Duration.ofSeconds(8));
        Stage stage = Stage.serving(web);
        stage.holds("web/g1/w2", 5, false, "");
        handOver(stage, web, "DRAIN 60 s to web/g1/w1");

        stage.exits("web/g1/w2", 0);
        stage.advance(Duration.ofSeconds(8));

        assertThat(stage.orders()).noneMatch(order -> order.contains("to web/g1/w2"));
    }

    @Test
    void allAreToldAtOnceWhereNobodyElseServesTheirClients() {
        SpecDraft web = LISTENING.workers(2).drainSpread(Duration.ofSeconds(8));
        Stage stage = Stage.serving(web);
        stage.holds("web/g1/w2", 5, false, "");

        stage.stop("web");

        assertThat(stage.orders()).contains("DRAIN 60 s to web/g1/w1", "DRAIN 60 s to web/g1/w2");
    }

    @Test
    void whoseConnectionsCannotBeSeenIsToldAllTheSameAndNotCalledLossless() {
        Stage stage = Stage.serving(LISTENING);
        stage.witnessSleeps();
        RequestId reload = handOver(stage, LISTENING);

        stage.notWatched("web/g1/w1", "EACCES");
        assertThat(stage.orders()).contains("DRAIN 60 s to web/g1/w1");
        long pid = stage.pid("web/g1/w1");
        stage.exits("web/g1/w1", 0);
        stage.accounted("web/g1/w1", pid, DrainAccount.NOTHING);

        assertThat(stage.report(reload).ledger().orElseThrow().verdict())
                .startsWith("not shown: ")
                .endsWith("can't be seen: EACCES");
    }

    @Test
    void whoWouldOnlyEndAtTheSignalIsLeftToFinishWhatItHasFirst() {
        SpecDraft web = LISTENING.drainBy(Signal.TERM);
        Stage stage = Stage.serving(web);
        stage.holds("web/g1/w1", 5, true, "");
        RequestId reload = handOver(stage, web);
        assertThat(stage.orders()).isEmpty();

        stage.seen("web/g1/w1", 2);
        assertThat(stage.orders()).isEmpty();
        stage.seen("web/g1/w1", 0);
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
        stage.exits("web/g1/w1", 143);

        assertThat(stage.report(reload).drain().orElseThrow().advice())
                .singleElement()
                .asString()
                .contains("would do nothing at SIGTERM but end, with 5 connections open", "drain = \"idle\"");
    }

    @Test
    void whoWouldOnlyEndAtTheSignalAndHoldsNothingIsSentIt() {
        SpecDraft web = LISTENING.drainBy(Signal.TERM);
        Stage stage = Stage.serving(web);
        stage.holds("web/g1/w1", 0, true, "");
        stage.reload(web);
        stage.comesUp("web/g2/w1");
        assertThat(stage.orders()).contains("SIGTERM to web/g1/w1");
    }

    @Test
    void whatOthersOfAWorkerHoldAsItsProcessEndsHasUntilTheDrainDeadline() {
        SpecDraft web = LISTENING.drainBy(Signal.TERM);
        Stage stage = Stage.serving(web);
        stage.holds("web/g1/w1", 2, false, "sh");
        RequestId reload = handOver(stage, web);
        stage.witnessSleeps();
        long pid = stage.pid("web/g1/w1");
        stage.orders();

        stage.exits("web/g1/w1", 0);
        stage.lingers("web/g1/w1", pid, 2, "python3 slow.py (pid 200)");
        stage.advance(Duration.ofSeconds(30));
        assertThat(stage.orders()).as("nobody is killed").isEmpty();
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        assertThat(stage.log())
                .contains("WARN web/g1/w1 (pid 101) exited with 0, but python3 slow.py (pid 200) still has"
                        + " 2 connections of it; they have 60 s to end");

        stage.accounted("web/g1/w1", pid, new DrainAccount(2, 0, 0, 0, 0, 0, List.of()));
        assertThat(stage.report(reload).drain().orElseThrow().advice())
                .singleElement()
                .asString()
                .startsWith("sh stands between the supervisor and the program that serves")
                .endsWith("Start the program with exec, or set signals-to = \"group\"");
    }

    @Test
    void whereAllOfItsGroupAreToldNobodyStandsBetweenAndWhoGoesOnIsNoSurprise() {
        SpecDraft web = LISTENING.drainBy(Signal.TERM).signalsToGroup();
        Stage stage = Stage.serving(web);
        stage.holds("web/g1/w1", 2, false, "sh");
        RequestId reload = stage.reload(web);
        stage.comesUp("web/g2/w1");
        assertThat(stage.orders()).contains("SIGTERM to the group of web/g1/w1");
        stage.witnessSleeps();
        long pid = stage.pid("web/g1/w1");

        stage.exits("web/g1/w1", 143);
        stage.lingers("web/g1/w1", pid, 2, "python3 slow.py (pid 200)");
        assertThat(stage.log())
                .contains("INFO web/g1/w1 (pid 101) exited with 143 (128 + signal 15), but python3 slow.py"
                        + " (pid 200) still has 2 connections of it; they have 60 s to end");
        stage.accounted("web/g1/w1", pid, new DrainAccount(2, 0, 0, 0, 0, 0, List.of()));
        assertThat(stage.report(reload).drain().orElseThrow().advice()).isEmpty();
    }

    @Test
    void whatEndsAWorkerGoesToItsGroupAsWell() {
        SpecDraft web = WEB.drain(new DrainBy.Idle()).signalsToGroup();
        Stage stage = Stage.serving(web);
        handOver(stage, web);
        stage.seen("web/g1/w1", 0);
        assertThat(stage.orders()).containsExactly("SIGTERM to the group of web/g1/w1");
    }

    @Test
    void whatOthersOfAWorkerStillHoldAtTheDrainDeadlineIsCut() {
        Stage stage = Stage.serving(LISTENING);
        RequestId reload = handOver(stage, LISTENING);
        stage.witnessSleeps();
        long pid = stage.pid("web/g1/w1");

        stage.exits("web/g1/w1", 0);
        stage.lingers("web/g1/w1", pid, 1, "its child");
        stage.advance(Duration.ofSeconds(60));
        assertThat(stage.orders()).containsExactly("SIGKILL to web/g1/w1");
        stage.accounted("web/g1/w1", pid, new DrainAccount(0, 0, 0, 1, 0, 0, List.of()));

        assertThat(phases(stage, reload)).contains("DRAIN DRAIN_TIMED_OUT 60 s", "STOP KILLED 0 ms");
        assertThat(stage.report(reload).ledger().orElseThrow().verdict()).isEqualTo("not lossless: 1 connection cut");
    }

    @Test
    void whatAWorkerThatStopsOfItsOwnAccordHoldsIsSeenToo() {
        Stage stage = Stage.serving(LISTENING.workers(2));
        stage.account("web/g1/w1", new DrainAccount(0, 0, 0, 5, 0, 0, List.of()));
        stage.leaves("web/g1/w1");
        RequestId reload = handOver(stage, LISTENING);
        stage.drains("web/g1/w2");
        stage.advance(Duration.ofSeconds(60));
        stage.exits("web/g1/w1", 137);

        assertThat(stage.report(reload).ledger().orElseThrow().verdict()).isEqualTo("not lossless: 5 connections cut");
    }

    @Test
    void whatIsTakenFromAQueueOfDatagramsIsNeverCalledLossless() {
        SpecDraft dns = WEB.listen("udp://127.0.0.1:53");
        Stage stage = Stage.serving(dns);
        RequestId reload = handOver(stage, dns);
        stage.drains("web/g1/w1");

        assertThat(stage.report(reload).drain()).isEmpty();
        assertThat(stage.report(reload).ledger().orElseThrow().verdict())
                .isEqualTo("not shown: udp://127.0.0.1:53: requests taken from the queue are not seen, nor whether"
                        + " each was answered; open flows went over to the new workers at the flip");
    }

    @Test
    void ofQuicOnlyFlowsWithoutATagAreSaidToHaveGoneOver() {
        SpecDraft quic = WEB.listen("udp://127.0.0.1:443").quic();
        Stage stage = Stage.serving(quic);
        RequestId reload = handOver(stage, quic);
        stage.drains("web/g1/w1");

        assertThat(stage.report(reload).ledger().orElseThrow().verdict())
                .isEqualTo("not shown: udp://127.0.0.1:443: requests taken from the queue are not seen, nor whether"
                        + " each was answered; flows without a tag in their connection ids went over to the new workers"
                        + " at the flip");
    }

    private static Optional<Duration> quiet(Stage stage) {
        return stage.effects().stream()
                .filter(Effect.WatchDrain.class::isInstance)
                .map(watch -> ((Effect.WatchDrain) watch).quiet())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anIdleProgramThatSpeaksQuicIsEndedWhenItHasNoConnectionAndIsQuiet() {
        SpecDraft quic = WEB.listen("udp://127.0.0.1:443").quic().drain(new DrainBy.Idle());
        Stage stage = Stage.serving(quic);

        handOver(stage, quic);
        assertThat(quiet(stage)).contains(Duration.ofSeconds(30));
        stage.seen("web/g1/w1", 0, false);
        stage.seen("web/g1/w1", 1, true);
        assertThat(stage.orders()).isEmpty();
        stage.seen("web/g1/w1", 0, true);
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
    }

    @Test
    void whoDrainsByTheProtocolTellsItselfWhenItsQuicConnectionsAreDone() {
        SpecDraft quic = WEB.listen("udp://127.0.0.1:443").quic();
        Stage stage = Stage.serving(quic);

        handOver(stage, quic);
        assertThat(quiet(stage)).isEmpty();
    }

    /** Of the worker of the first generation, which drains by SIGQUIT and ends so. */
    private static EndedBy endedBy(Exit exit) {
        SpecDraft nginx = WEB.drainBy(Signal.QUIT);
        Stage stage = Stage.serving(nginx);
        stage.reload(nginx);
        stage.ready("web/g2/w1");
        stage.happens(new Event.Exited(
                new WorkerId(new ServiceName("web"), new GenerationId(1), 1), stage.pid("web/g1/w1"), exit, List.of()));
        return stage.effects().stream()
                .filter(Effect.ConcludeDrain.class::isInstance)
                .map(effect -> ((Effect.ConcludeDrain) effect).by())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whoEndsByTheSignalThatHeWasToldByHasHadHisSayAndNobodyIsSaidToBeKilledOfWhomItIsNotKnown() {
        assertThat(endedBy(new Exit.Code(1))).isEqualTo(EndedBy.ITSELF);
        assertThat(endedBy(new Exit.Killed("SIGQUIT", false))).isEqualTo(EndedBy.ITSELF);
        assertThat(endedBy(new Exit.Killed("SIGKILL", false))).isEqualTo(EndedBy.A_KILL);
        assertThat(endedBy(new Exit.Unknown())).isEqualTo(EndedBy.UNKNOWN);
    }
}
