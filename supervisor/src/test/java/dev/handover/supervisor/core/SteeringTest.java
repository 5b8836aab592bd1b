package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The handover's steps that steering performs: flip, quiesce, release. */
class SteeringTest {
    private static final SpecDraft WEB = SpecDraft.service("web");
    private static final ServiceName NAME = new ServiceName("web");
    private static final GenerationId ONE = new GenerationId(1);
    private static final GenerationId TWO = new GenerationId(2);

    /** Generation 1 serves, generation 2 is ready; steering is asked, and says nothing of itself from now on. */
    private static Stage atTheFlip() {
        Stage stage = Stage.serving(WEB).steering(null);
        stage.reload(WEB);
        stage.ready("web/g2/w1");
        return stage;
    }

    private static Stage quiescing() {
        Stage stage = atTheFlip();
        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        return stage;
    }

    @Test
    void theOldGenerationServesUntilNewConnectionsAreMoved() {
        Stage stage = atTheFlip();
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 READY");

        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 QUIESCING", "2 SERVING");
    }

    @Test
    void nothingIsToldToDrainBeforeItHasRunEmpty() {
        Stage stage = quiescing();
        assertThat(stage.orders()).noneMatch(order -> order.startsWith("DRAIN"));

        stage.happens(new Event.Quiesced(NAME, ONE, true, ""));
        assertThat(stage.orders()).contains("DRAIN 60 s to web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
    }

    @Test
    void unfitListenersLeaveTheOldGenerationAlone() {
        Stage stage = Stage.serving(WEB).steering(null);
        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1");

        stage.happens(new Event.Unfit(NAME, TWO, "it listens in AF_INET6"));
        stage.exits("web/g2/w1", 143);

        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason())
                .contains("it listens in AF_INET6", "generation 2 abandoned, generation 1 still serves");
        assertThat(stage.report(reload).phases()).last().satisfies(phase -> {
            assertThat(phase.phase()).isEqualTo(Phase.FLIP);
            assertThat(phase.end()).isEqualTo(PhaseEnd.UNFIT);
        });
    }

    @Test
    void firstGenerationThatCannotBeSteeredToIsNotSaidToServeAndIsTriedAgainUntilItCan() {
        Stage stage = new Stage(WEB).steering(null).boot();
        stage.ready("web/g1/w1");
        for (int i = 1; i <= 3; i++) {
            stage.happens(new Event.Unfit(NAME, ONE, "another supervisor (pid 7) steers tcp://127.0.0.1:80"));
            assertThat(stage.generations("web")).containsExactly("1 READY");
            assertThat(stage.service("web").state()).isEqualTo(ServiceState.STARTING);
            assertThat(stage.service("web").reason()).isEqualTo("another supervisor (pid 7) steers tcp://127.0.0.1:80");
            assertThat(stage.effects().stream().filter(Effect.Steer.class::isInstance))
                    .hasSize(i);
            stage.advance(Duration.ofSeconds(1));
        }
        assertThat(stage.log())
                .filteredOn(line -> line.startsWith("ERROR"))
                .containsExactly("ERROR web generation 1: another supervisor (pid 7) steers tcp://127.0.0.1:80;"
                        + " no new connections come to it, and it is tried again each second");
        stage.happens(new Event.Steered(NAME, ONE, Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.service("web").reason()).isEmpty();
        int asked = stage.effects().size();
        stage.advance(Duration.ofSeconds(30));
        assertThat(stage.effects()).hasSize(asked);
    }

    @Test
    void adoptedGenerationThatAnotherSupervisorKeepsClientsFromIsDownAndTriedAgainUntilItIsNot() {
        Stage stage = Stage.serving(WEB).crash().steering(null).adopt();
        String why = "another supervisor (pid 7) steers tcp://127.0.0.1:80";
        for (int i = 1; i <= 3; i++) {
            stage.happens(new Event.Unfit(NAME, ONE, why));
            assertThat(stage.service("web").state()).isEqualTo(ServiceState.DOWN);
            assertThat(stage.service("web").reason()).isEqualTo(why);
            assertThat(stage.effects().stream().filter(Effect.Steer.class::isInstance))
                    .hasSize(i);
            stage.advance(Duration.ofSeconds(1));
        }
        assertThat(stage.log())
                .filteredOn(line -> line.startsWith("ERROR"))
                .containsExactly(
                        "ERROR web generation 1: " + why
                                + "; no new connections come to it, and it is tried again each second",
                        "ERROR web is down, no new connections come to it: " + why);
        stage.happens(new Event.Steered(NAME, ONE, Mode.STEERED, ""));
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
        int asked = stage.effects().size();
        stage.advance(Duration.ofSeconds(30));
        assertThat(stage.effects()).hasSize(asked);
    }

    @Test
    void aNewWorkerThatDiesAtTheFlipIsStartedAgainSinceItsSiblingsMayHaveClients() {
        Stage stage = Stage.serving(WEB.workers(2)).steering(null);
        RequestId reload = stage.reload(WEB.workers(2));
        stage.ready("web/g2/w1", "web/g2/w2");
        stage.exits("web/g2/w1", 1);
        assertThat(stage.effects()).contains(new Effect.SteerAway(new WorkerId(NAME, TWO, 1), Duration.ZERO));
        assertThat(stage.orders()).noneMatch(order -> order.startsWith("SIGTERM"));

        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 QUIESCING", "2 SERVING");
        assertThat(stage.workers("web")).contains("web/g2/w1 STARTING", "web/g2/w2 READY");
        stage.happens(new Event.Quiesced(NAME, ONE, true, ""));
        stage.drains("web/g1/w1", "web/g1/w2");
        stage.happens(new Event.Released(
                NAME, ONE, new Ledger(Mode.STEERED, "", List.of(), Ledger.Counters.ZERO, List.of())));
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void aReloadAfterWhichNobodyAcceptsHasFailed() {
        Stage stage = Stage.serving(WEB).steering(null);
        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1");
        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        stage.exits("web/g2/w1", 1);
        stage.happens(new Event.Quiesced(NAME, ONE, true, ""));
        stage.drains("web/g1/w1");
        stage.happens(new Event.Released(
                NAME, ONE, new Ledger(Mode.STEERED, "", List.of(), Ledger.Counters.ZERO, List.of())));
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason())
                .startsWith("web generation 2 serves, but none of its workers accepts: web/g2/w1 (pid ")
                .endsWith(" exited with 1 after it had been ready");
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void aNewWorkerThatDiedJustBeforeTheFlipEndsTheHandoverAndNotTheService() {
        Stage stage = atTheFlip();
        stage.exits("web/g2/w1", 1, "out of luck");
        stage.happens(new Event.Unfit(NAME, TWO, "web/g2/w1 has ended"));
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STOPPING");
        stage.exits("web/g2/w1", 143);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.log())
                .anyMatch(line -> line.endsWith("web: generation 2 abandoned, generation 1 still serves"));
    }

    @Test
    void steeringThatNeverAnswersTheFlipMakesAPlainHandover() {
        Stage stage = atTheFlip();
        stage.advance(Handover.STEERING_LIMIT);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
    }

    @Test
    void aHandoverThatWentOnAsAPlainOneIsNeverCalledLosslessWhateverTheLateFiguresSay() {
        Stage stage = Stage.serving(WEB).steering(null);
        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1");
        stage.advance(Handover.STEERING_LIMIT);
        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        stage.drains("web/g1/w1");
        Ledger.Group group = new Ledger.Group(ListenAddress.parse("tcp://127.0.0.1:80"), 80, 3, 82, 0, 0, 0, 2);
        stage.happens(new Event.Released(
                NAME, ONE, new Ledger(Mode.STEERED, "", List.of(group), Ledger.Counters.ZERO, List.of())));
        Ledger ledger = stage.report(reload).ledger().orElseThrow();
        assertThat(ledger.isLossless()).isFalse();
        assertThat(ledger.caveats())
                .containsExactly("steering did not answer the flip within 10 s, so that nobody waited for what was in"
                        + " flight");
    }

    @Test
    void quiesceEndsWithoutAnAnswerToo() {
        Stage stage = quiescing();
        stage.advance(Duration.ofSeconds(20));
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
    }

    @Test
    void theCallerHearsTheLedger() {
        Stage stage = Stage.serving(WEB).steering(null);
        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1");
        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        stage.happens(new Event.Quiesced(NAME, ONE, true, ""));
        stage.drains("web/g1/w1");
        assertThat(stage.isAnswered(reload)).as("answered before the release").isFalse();

        Ledger.Group group = new Ledger.Group(ListenAddress.parse("tcp://127.0.0.1:80"), 80, 3, 82, 0, 0, 0, 2);
        Ledger ledger = new Ledger(Mode.STEERED, "", List.of(group), Ledger.Counters.ZERO, List.of());
        stage.happens(new Event.Released(NAME, ONE, ledger));
        assertThat(stage.report(reload).ledger()).isEqualTo(Optional.of(ledger));
        assertThat(stage.log())
                .contains("INFO web generation 1 has handed over to generation 2: lossless, steered;"
                        + " finished 0, closed while idle 0, cut 0, not seen 0; tcp://127.0.0.1:80:"
                        + " 80 handshakes in flight at the flip, longest queue 3, 82 accepted after it, 0 handshakes"
                        + " left, 0 left at release, program set 2 times; ListenOverflows +0, ListenDrops +0, TCPMigrateReqSuccess +0,"
                        + " TCPMigrateReqFailure +0");
        assertThat(ledger.isLossless()).isTrue();
    }

    @Test
    void connectionsLeftMakeALedgerThatIsNotCalledLossless() {
        ListenAddress address = ListenAddress.parse("tcp://127.0.0.1:80");
        Ledger.Group left = new Ledger.Group(address, 5, 3, 7, 1, 0, 0, 2);
        Ledger.Group queued = new Ledger.Group(address, 5, 3, 6, 0, 2, 0, 2);
        for (Ledger.Group group : List.of(left, queued)) {
            assertThat(new Ledger(Mode.STEERED, "", List.of(group), Ledger.Counters.ZERO, List.of()).isLossless())
                    .isFalse();
        }
        assertThat(new Ledger(Mode.PLAIN, "", List.of(), Ledger.Counters.ZERO, List.of()).isLossless())
                .isFalse();
    }

    @Test
    void aServingWorkerThatDiesIsSteeredAwayFromAndRejoinsWhenItIsBack() {
        Stage stage = Stage.serving(WEB.workers(2));
        stage.exits("web/g1/w2", 137);
        assertThat(stage.effects()).contains(new Effect.SteerAway(new WorkerId(NAME, ONE, 2), Duration.ZERO));
        stage.ready("web/g1/w2");
        assertThat(stage.effects())
                .filteredOn(Effect.Rejoin.class::isInstance)
                .singleElement()
                .satisfies(effect ->
                        assertThat(((Effect.Rejoin) effect).worker().index()).isEqualTo(2));
    }

    @Test
    void aServingWorkerThatClosesItsListenersOrOpensThemAgainIsSteeredByThoseThatItHas() {
        Stage stage = Stage.serving(WEB.workers(2));
        WorkerId second = new WorkerId(NAME, ONE, 2);
        Effect relisten =
                new Effect.Relisten(second, new ProcessId(stage.pid("web/g1/w2"), stage.pid("web/g1/w2") * 10));
        stage.listensNot("web/g1/w2", "nothing listens");
        stage.listensNot("web/g1/w2", "nothing listens");
        stage.listens("web/g1/w2");
        assertThat(stage.effects())
                .filteredOn(Effect.Relisten.class::isInstance)
                .containsExactly(relisten, relisten);
        stage.listens("web/g1/w2"); // by other listeners than before
        assertThat(stage.effects())
                .filteredOn(Effect.Relisten.class::isInstance)
                .containsExactly(relisten, relisten, relisten);
    }

    @Test
    void aWorkerThatIsReadyBeforeItsSiblingsIsHeldAtOnceAndTheLastOneWithAllAtTheFlip() {
        Stage stage = Stage.serving(WEB.workers(2));
        stage.reload(WEB.workers(3));
        stage.ready("web/g2/w2");
        stage.ready("web/g2/w1");
        stage.ready("web/g2/w3");
        assertThat(stage.effects())
                .filteredOn(Effect.Hold.class::isInstance)
                .extracting(effect -> ((Effect.Hold) effect).worker().index())
                .containsExactly(2, 1);
    }

    @Test
    void nothingIsHeldEarlyWhereNothingServesYet() {
        Stage stage = new Stage(WEB.workers(2)).boot();
        stage.ready("web/g1/w1");
        stage.ready("web/g1/w2");
        assertThat(stage.effects()).noneMatch(Effect.Hold.class::isInstance);
    }

    @Test
    void whatWasHeldOfACandidateThatIsAbandonedIsReleased() {
        Stage stage = Stage.serving(WEB.workers(2));
        stage.reload(WEB.workers(2));
        stage.ready("web/g2/w1");
        stage.exits("web/g2/w2", 1);
        assertThat(stage.effects()).noneMatch(Effect.Release.class::isInstance);
        stage.exits("web/g2/w1", 143);
        assertThat(stage.effects()).contains(new Effect.Release(NAME, TWO));
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void aStopAtTheFlipDrainsBothGenerationsSinceBothMayHaveClients() {
        Stage stage = atTheFlip();
        stage.stop("web");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING");
        assertThat(stage.orders()).noneMatch(order -> order.startsWith("SIGTERM"));

        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING");
    }

    @Test
    void aStopWhileTheFirstGenerationStartsDrainsItIfAWorkerIsReady() {
        Stage stage = new Stage(WEB.workers(2)).boot();
        stage.ready("web/g1/w1");
        stage.stop("web");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING");
    }

    @Test
    void aFirstGenerationThatIsStoppedWhileSteeringIsAskedLeavesNoDeadlineBehind() {
        Stage stage = new Stage(WEB).steering(null).boot();
        stage.ready("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 READY");

        stage.stop("web");
        stage.exits("web/g1/w1", 143);
        stage.advance(Handover.STEERING_LIMIT);
        assertThat(stage.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aFirstGenerationThatGetsReadyDuringTheFlipToItsSuccessorTakesNothingBack() {
        Stage stage = new Stage(WEB).steering(null).boot();
        stage.reload(WEB);
        stage.ready("web/g2/w1");
        stage.ready("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 STARTING", "2 READY");

        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        assertThat(stage.effects().stream().filter(Effect.Steer.class::isInstance))
                .hasSize(1);
    }

    @Test
    void aFirstGenerationThatGetsReadyDuringAFlipThatIsRefusedServes() {
        Stage stage = new Stage(WEB).steering(null).boot();
        stage.reload(WEB);
        stage.ready("web/g2/w1");
        stage.ready("web/g1/w1");
        stage.happens(new Event.Unfit(NAME, TWO, "it does not listen"));
        assertThat(stage.generations("web")).containsExactly("1 READY", "2 STOPPING");

        stage.happens(new Event.Steered(NAME, ONE, Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STOPPING");
    }

    @Test
    void anOldWorkerThatWasNotReadyAtTheFlipGetsNoConnectionsAnyMore() {
        Stage stage = Stage.serving(WEB.workers(2)).steering(null);
        stage.reload(WEB.workers(2));
        stage.exits("web/g1/w2", 1);
        stage.ready("web/g2/w1", "web/g2/w2");
        stage.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 QUIESCING", "2 SERVING");
        assertThat(stage.workers("web")).contains("web/g1/w2 TERMINATING");

        stage.ready("web/g1/w2");
        stage.exits("web/g1/w2", 143);
        assertThat(stage.workers("web")).contains("web/g1/w2 EXITED");
        assertThat(stage.effects()).noneMatch(Effect.Rejoin.class::isInstance);
    }

    @Test
    void aWorkerThatMissesItsHeartbeatIsSteeredAwayFromAtOnce() {
        Stage stage = Stage.serving(WEB.workers(2).heartbeat(Duration.ofSeconds(10)));
        stage.advance(Duration.ofSeconds(5));
        stage.alive("web/g1/w1");
        stage.advance(Duration.ofSeconds(5));
        assertThat(stage.effects()).contains(new Effect.SteerAway(new WorkerId(NAME, ONE, 2), Duration.ZERO));
    }

    @Test
    void aWorkerThatStopsOfItsOwnAccordIsSteeredAwayFromAndStartedAgainWhenItHasEnded() {
        Stage stage = Stage.serving(WEB.workers(2));
        WorkerId worker = new WorkerId(NAME, ONE, 2);
        stage.happens(new Event.SaidDraining(worker, stage.pid("web/g1/w2")));
        assertThat(stage.effects()).contains(new Effect.SteerAway(worker, Duration.ZERO));
        assertThat(stage.orders()).isEmpty();

        stage.exits("web/g1/w2", 0);
        assertThat(stage.orders()).containsExactly("start web/g1/w2");
    }

    @Test
    void aReloadThatTurnsSteeringOffGivesItUpBeforeTheOldGenerationDrains() {
        Stage stage = Stage.serving(WEB).steering(null);
        stage.reload(WEB.plain());
        stage.ready("web/g2/w1");
        assertThat(stage.effects()).contains(new Effect.GiveUp(NAME, TWO, List.of()));
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 READY");

        stage.happens(new Event.Steered(NAME, TWO, Mode.PLAIN, "as configured"));
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        assertThat(stage.log()).noneMatch(line -> line.contains("can't be steered to"));
    }

    @Test
    void aFirstGenerationThatHalfServesDrainsWhenTheNextOneTakesOver() {
        Stage stage = new Stage(WEB.workers(2)).boot();
        stage.ready("web/g1/w1");
        stage.reload(WEB);
        stage.ready("web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        assertThat(stage.orders()).contains("DRAIN 60 s to web/g1/w1");
    }

    @Test
    void aStopWhileAFailedCandidateEndsReleasesTheListenersOfBoth() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.advance(Duration.ofSeconds(30));
        stage.stop("web");
        stage.drains("web/g1/w1");
        assertThat(stage.effects()).contains(new Effect.Release(NAME, ONE));
    }
}
