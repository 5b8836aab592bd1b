package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A supervisor that is started after a crash of the one before. */
class AdoptionTest {
    private static final SpecDraft WEB = service("web");
    private static final ServiceName NAME = new ServiceName("web");
    private static final GenerationId ONE = new GenerationId(1);
    private static final GenerationId TWO = new GenerationId(2);

    @Test
    void goesOnWithTheServingGeneration() {
        Stage stage = Stage.serving(WEB.workers(2)).crash().adopt();

        assertThat(stage.orders()).containsExactly("adopt web/g1/w1", "adopt web/g1/w2");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.announced().standing()).isEqualTo(Effect.Standing.READY);

        stage.reload(WEB);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");
        stage.ready("web/g2/w1");
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void restartsTheWorkersThatDiedMeanwhile() {
        Stage before = Stage.serving(WEB.workers(3));
        before.dies("web/g1/w2");

        Stage stage = before.crash().adopt();

        assertThat(stage.orders()).containsExactly("adopt web/g1/w1", "adopt web/g1/w3", "start web/g1/w2");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void whatCouldNotBeSavedIsSavedAsSoonAsItCanBe() {
        Stage before = Stage.serving(WEB);
        before.fillDisk(true);
        before.reload(WEB);
        before.ready("web/g2/w1");
        before.advance(Duration.ofSeconds(5));
        assertThat(before.memory().newest()).containsEntry(NAME, ONE);
        before.fillDisk(false);
        assertThat(before.nextDeadline()).isNotEqualTo(Long.MAX_VALUE);
        before.advance(Duration.ofSeconds(1));
        assertThat(before.memory().newest()).containsEntry(NAME, TWO);

        assertThat(before.crash().adopt().generations("web")).containsExactly("1 DRAINING", "2 SERVING");
    }

    @Test
    void startsANewGenerationWhenNoWorkerIsLeft() {
        Stage before = Stage.serving(WEB);
        before.dies("web/g1/w1");

        Stage stage = before.crash().adopt();

        assertThat(stage.orders()).containsExactly("start web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("2 STARTING");
    }

    @Test
    void endsACandidateThatWasStartingAndNeverReusesItsNumber() {
        Stage before = Stage.serving(WEB);
        before.reload(WEB);

        Stage stage = before.crash().adopt();

        assertThat(stage.orders()).containsExactly("adopt web/g1/w1", "adopt web/g2/w1", "SIGTERM to web/g2/w1");
        stage.exits("web/g2/w1", 143);
        stage.reload(WEB);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "3 STARTING");
    }

    @Test
    void whoHasComeMeanwhileToACandidateThatWasStartingIsFinishedWith() {
        Stage before = Stage.serving(WEB);
        before.reload(WEB);

        Stage stage = before.crash().steering(null);
        stage.holds("web/g2/w1", 5, false, "");
        stage.adopt();

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 QUIESCING");
        assertThat(stage.effects())
                .filteredOn(effect -> effect instanceof Effect.Steer
                        || effect instanceof Effect.Hold
                        || effect instanceof Effect.Quiesce)
                .satisfiesExactly(
                        steer -> assertThat(((Effect.Steer) steer).generation()).isEqualTo(ONE),
                        hold -> assertThat(((Effect.Hold) hold).worker().generation())
                                .isEqualTo(TWO),
                        quiesce -> assertThat(((Effect.Quiesce) quiesce).generation())
                                .isEqualTo(TWO));
        stage.happens(new Event.Quiesced(NAME, TWO, true, ""));
        assertThat(stage.orders()).containsExactly("adopt web/g1/w1", "adopt web/g2/w1", "DRAIN 60 s to web/g2/w1");
        assertThat(stage.service("web").lastReload().orElseThrow().reason())
                .contains("ended before web generation 2 served");
    }

    @Test
    void leadsClientsAwayFromACandidateBeforeItIsEndedSinceTheFlipMayHaveBeenMadeAndNobodyHaveHeardOfIt() {
        SpecDraft listening = WEB.listen("tcp://127.0.0.1:80");
        Stage before = Stage.serving(listening).steering(null);
        before.reload(listening);
        before.comesUp("web/g2/w1");
        assertThat(before.generations("web")).containsExactly("1 SERVING", "2 READY");

        Stage stage = before.crash().adopt();

        assertThat(stage.log())
                .anyMatch(line -> line.contains("web generation 2: SERVING -> QUIESCING"))
                .noneMatch(line -> line.contains("web generation 2: STARTING -> STOPPING"));
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 DRAINING");
        assertThat(stage.service("web").lastReload().orElseThrow().outcome()).isEqualTo(ReloadOutcome.FAILED);
    }

    @Test
    void neverReusesTheNumberOfACandidateThatDiedBeforeTheCrash() {
        Stage before = Stage.serving(WEB);
        before.reload(WEB);
        before.exits("web/g2/w1", 1);

        Stage stage = before.crash().adopt();
        stage.reload(WEB);

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "3 STARTING");
    }

    @Test
    void startsAnewWhenTheCrashHitTheFirstStart() {
        Stage before = new Stage(WEB.workers(2)).boot();
        before.ready("web/g1/w1");

        Stage stage = before.crash().adopt();

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 STARTING");
        stage.ready("web/g2/w1", "web/g2/w2");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
    }

    @Test
    void tellsADrainingGenerationAgainWhenItReconnects() {
        Stage before = Stage.serving(WEB);
        before.reload(WEB);
        before.ready("web/g2/w1");

        Stage stage = before.crash().adopt();
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        stage.orders();
        stage.advance(Duration.ofSeconds(5));
        stage.joins("web/g1/w1");

        assertThat(stage.orders()).containsExactly("DRAIN 55 s to web/g1/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void whatLeavesAndSpeaksQuicIsHeldBeforeTheFirstProgramIsSet() {
        SpecDraft quic = WEB.quic();
        Stage before = Stage.serving(quic).steering(null);
        before.reload(quic);
        before.ready("web/g2/w1");
        before.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));

        Stage stage = before.crash().steering(null).adopt();
        assertThat(stage.effects().stream()
                        .filter(effect -> effect instanceof Effect.Steer || effect instanceof Effect.Hold)
                        .limit(2))
                .satisfiesExactly(
                        hold -> {
                            assertThat(((Effect.Hold) hold).worker().generation())
                                    .isEqualTo(ONE);
                            assertThat(((Effect.Hold) hold).leaves()).isTrue();
                            assertThat(((Effect.Hold) hold).quic())
                                    .isEqualTo(quic.spec().quic());
                        },
                        steer -> {
                            assertThat(((Effect.Steer) steer).generation()).isEqualTo(TWO);
                            assertThat(((Effect.Steer) steer).quic())
                                    .isEqualTo(quic.spec().quic());
                        });
    }

    @Test
    void aQuiesceThatTheCrashInterruptedIsBegunAgainWhenTheNextOneIsSteeredTo() {
        Stage before = Stage.serving(WEB).steering(null);
        before.reload(WEB);
        before.ready("web/g2/w1");
        before.happens(new Event.Steered(NAME, TWO, Mode.STEERED, ""));
        assertThat(before.generations("web")).containsExactly("1 QUIESCING", "2 SERVING");

        Stage stage = before.crash().steering(null).adopt();
        assertThat(stage.generations("web")).containsExactly("1 QUIESCING", "2 SERVING");
        assertThat(stage.effects())
                .filteredOn(effect -> effect instanceof Effect.Steer
                        || effect instanceof Effect.Hold
                        || effect instanceof Effect.Quiesce)
                .satisfiesExactly(
                        steer -> assertThat(((Effect.Steer) steer).generation()).isEqualTo(TWO),
                        hold -> assertThat(((Effect.Hold) hold).worker().generation())
                                .isEqualTo(ONE),
                        quiesce -> assertThat(((Effect.Quiesce) quiesce).generation())
                                .isEqualTo(ONE));
        assertThat(stage.orders()).noneMatch(order -> order.startsWith("DRAIN"));

        stage.happens(new Event.Quiesced(NAME, ONE, true, ""));
        assertThat(stage.orders()).contains("DRAIN 60 s to web/g1/w1");
        stage.drains("web/g1/w1");
        Ledger.Group group = new Ledger.Group(ListenAddress.parse("tcp://127.0.0.1:80"), 0, 0, 0, 0, 0, 0, 0);
        stage.happens(new Event.Released(
                NAME, ONE, new Ledger(Mode.STEERED, "", List.of(group), Ledger.Counters.ZERO, List.of())));
        assertThat(stage.log())
                .anyMatch(line -> line.contains("not shown: an earlier supervisor began this handover")
                        && line.contains("an earlier supervisor began this handover"));
        stage.reload(WEB);
        assertThat(stage.generations("web")).containsExactly("2 SERVING", "3 STARTING");
    }

    @Test
    void aDrainThatTheCrashInterruptedHasADeadlineAgain() {
        Stage before = Stage.serving(WEB.drainBy(Signal.QUIT));
        before.reload(WEB);
        before.ready("web/g2/w1");

        Stage stage = before.crash().adopt();
        stage.advance(Duration.ofSeconds(65));

        assertThat(stage.orders())
                .containsExactly(
                        "adopt web/g2/w1",
                        "adopt web/g1/w1",
                        "SIGQUIT to web/g1/w1",
                        "SIGTERM to web/g1/w1",
                        "SIGKILL to web/g1/w1");
    }

    @Test
    void goesOnEndingAGenerationThatWasBeingEnded() {
        Stage before = Stage.serving(WEB);
        before.reload(WEB);
        before.advance(Duration.ofSeconds(30));

        Stage stage = before.crash().adopt();

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STOPPING");
        stage.exits("web/g2/w1", 143);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void startsTheServiceWhoseNewGenerationDiedWhileTheOldOneDrained() {
        Stage before = Stage.serving(WEB);
        before.reload(WEB);
        before.ready("web/g2/w1");
        before.dies("web/g2/w1");

        Stage stage = before.crash().adopt();

        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "3 STARTING");
    }

    @Test
    void aStoppedServiceStaysStopped() {
        Stage before = Stage.serving(WEB, service("dns"));
        before.stop("web");
        before.drains("web/g1/w1");

        Stage stage = before.crash().adopt();

        assertThat(stage.orders()).containsExactly("adopt dns/g1/w1");
        assertThat(stage.log()).contains("INFO web stays stopped, as asked for; supervisorctl start web starts it");
        assertThat(stage.announced().standing()).isEqualTo(Effect.Standing.READY);
        stage.start("web", WEB, service("dns"));
        assertThat(stage.generations("web")).containsExactly("2 STARTING");
    }

    @Test
    void aServiceWithoutAutostartThatRunsIsGoneOnWithAndIsNotStartedOnceItHasBeenStopped() {
        Stage before = new Stage(WEB.withoutAutostart()).boot();
        before.start("web", WEB.withoutAutostart());
        before.comesUp("web/g1/w1");
        before.reload(WEB.withoutAutostart());
        before.comesUp("web/g2/w1");
        before.dies("web/g2/w1");

        Stage stage = before.crash().adopt();
        assertThat(stage.generations("web"))
                .as("it served when the supervisor died")
                .containsExactly("1 DRAINING", "3 STARTING");

        before.dies("web/g1/w1");
        assertThat(before.crash().adopt().generations("web")).isEmpty();
    }

    @Test
    void aServiceThatWasBeingStoppedGoesOnDraining() {
        Stage before = Stage.serving(WEB);
        before.stop("web");

        Stage stage = before.crash().adopt();

        assertThat(stage.generations("web")).containsExactly("1 DRAINING");
        stage.drains("web/g1/w1");
        assertThat(stage.generations("web")).isEmpty();
    }

    @Test
    void aServiceThatIsNoLongerConfiguredIsDrained() {
        Stage stage = Stage.serving(WEB, service("dns")).crash(service("dns")).adopt();

        assertThat(stage.generations("web")).containsExactly("1 DRAINING");
        stage.drains("web/g1/w1");
        assertThat(stage.services()).extracting(one -> one.service().value()).containsExactly("dns");
        assertThat(stage.memory().newest()).containsKey(new ServiceName("web"));
    }

    @Test
    void whatServesGoesOnWithWhatItWasStartedFromUntilAReload() {
        Stage stage = Stage.serving(WEB.workers(2)).crash(WEB.workers(5)).adopt();
        stage.exits("web/g1/w1", 1);

        assertThat(stage.orders()).containsExactly("adopt web/g1/w1", "adopt web/g1/w2", "start web/g1/w1");
        assertThat(stage.workers("web")).hasSize(2);
    }

    @Test
    void anAdoptedWorkerIsWatchedForItsHeartbeat() {
        Stage stage =
                Stage.serving(WEB.heartbeat(Duration.ofSeconds(10))).crash().adopt();

        stage.advance(Duration.ofSeconds(10));

        assertThat(stage.orders()).containsExactly("adopt web/g1/w1", "SIGTERM to web/g1/w1");
    }

    @Test
    void howAnAdoptedWorkerEndedIsNotMadeUp() {
        Stage stage = Stage.serving(WEB).crash().adopt();
        WorkerId worker = new WorkerId(new ServiceName("web"), new GenerationId(1), 1);

        stage.happens(new Event.Exited(worker, stage.pid("web/g1/w1"), new Exit.Unknown(), List.of()));

        assertThat(stage.worker("web/g1/w1").lastExit()).contains("ended");
    }

    @Test
    void aSupervisorMayCrashTimeAndAgain() {
        Stage stage = Stage.serving(WEB);
        for (int crash = 0; crash < 3; crash++) {
            stage = stage.crash().adopt();
        }
        stage.reload(WEB);

        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");
    }
}
