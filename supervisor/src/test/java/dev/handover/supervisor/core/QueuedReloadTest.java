package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reloads, stops and starts that meet one another. */
class QueuedReloadTest {
    private static final SpecDraft WEB = service("web");

    @Test
    void secondReloadWaitsForTheFirstToEndAndThenRuns() {
        Stage stage = Stage.serving(WEB);

        RequestId first = stage.reload(WEB);
        RequestId second = stage.reload(WEB.workers(2));
        stage.ready("web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        assertThat(stage.progress(second)).isEmpty();

        stage.drains("web/g1/w1");
        assertThat(stage.report(first).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.generations("web")).containsExactly("2 SERVING", "3 STARTING");
        stage.ready("web/g3/w1", "web/g3/w2");
        stage.drains("web/g2/w1");
        assertThat(stage.report(second).from()).contains(new GenerationId(2));
        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void thirdReloadTakesThePlaceOfTheSecondAndEachCallerIsToldItsOwn() {
        Stage stage = Stage.serving(WEB);

        RequestId first = stage.reload(WEB);
        RequestId second = stage.reload(WEB.workers(2));
        RequestId third = stage.reload(WEB.workers(3));

        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.REPLACED);
        assertThat(stage.report(second).to()).isEmpty();
        assertThat(stage.report(second).reason()).isEqualTo("a newer reload took its place before it began");
        assertThat(stage.isAnswered(first)).isFalse();

        stage.ready("web/g2/w1");
        stage.drains("web/g1/w1");
        stage.ready("web/g3/w1", "web/g3/w2", "web/g3/w3");
        stage.drains("web/g2/w1");
        assertThat(stage.report(first).to()).contains(new GenerationId(2));
        assertThat(stage.report(third).to()).contains(new GenerationId(3));
    }

    @Test
    void waitingReloadRunsAfterTheOneBeforeItFailed() {
        Stage stage = Stage.serving(WEB);

        RequestId first = stage.reload(WEB);
        RequestId second = stage.reload(WEB);
        stage.exits("web/g2/w1", 1);

        assertThat(stage.report(first).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "3 STARTING");
        stage.ready("web/g3/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    private static RequestId reload(Stage stage, IfBusy busy) {
        return stage.ask(new Request.Reload(
                Stage.configuration(WEB), Optional.empty(), CanaryOrder.AS_CONFIGURED, busy, Stage.OPERATOR));
    }

    @Test
    void oneThatIsToReplaceTheOtherHasItGivenUpWhereNoClientMayHaveComeYet() {
        Stage stage = Stage.serving(WEB);
        RequestId hangs = stage.reload(WEB);

        RequestId mended = reload(stage, IfBusy.REPLACE);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STOPPING");
        stage.exits("web/g2/w1", 143);

        assertThat(stage.report(hangs).outcome()).isEqualTo(ReloadOutcome.REPLACED);
        stage.ready("web/g3/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.report(mended).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void oneThatIsToReplaceTheOtherWaitsWhereClientsHaveCome() {
        Stage stage = Stage.serving(WEB);
        RequestId first = stage.reload(WEB);
        stage.ready("web/g2/w1");

        RequestId second = reload(stage, IfBusy.REPLACE);
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        stage.drains("web/g1/w1");

        assertThat(stage.report(first).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.isAnswered(second)).isFalse();
    }

    @Test
    void oneThatIsToBeRefusedChangesNothing() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);

        RequestId second = reload(stage, IfBusy.REFUSE);

        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(second).reason())
                .isEqualTo("web: a handover to generation 2 is under way; nothing was changed");
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");
    }

    @Test
    void stopDuringAReloadCancelsItAndTheOneThatWaits() {
        Stage stage = Stage.serving(WEB);
        RequestId running = stage.reload(WEB);
        RequestId waiting = stage.reload(WEB);
        stage.orders();

        RequestId stop = stage.stop("web");

        assertThat(stage.report(running).outcome()).isEqualTo(ReloadOutcome.CANCELLED);
        assertThat(stage.report(running).reason()).isEqualTo("web was told to stop meanwhile");
        assertThat(stage.progress(running)).containsExactly("START of 2 began", "START of 2 CANCELLED");
        assertThat(stage.report(waiting).outcome()).isEqualTo(ReloadOutcome.CANCELLED);
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g2/w1", "DRAIN 60 s to web/g1/w1");
        stage.exits("web/g2/w1", 143);
        assertThat(stage.isAnswered(stop)).isFalse();
        stage.drains("web/g1/w1");
        assertThat(stage.answer(stop)).isEqualTo(new Reply.Stopped(new ServiceName("web"), Optional.empty()));
    }

    @Test
    void stopWhileTheOldGenerationDrainsDrainsTheNewOneToo() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB);
        stage.ready("web/g2/w1");

        RequestId stop = stage.stop("web");

        assertThat(stage.progress(reload)).endsWith("DRAIN of 1 began", "DRAIN of 1 CANCELLED");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 DRAINING");
        stage.drains("web/g2/w1", "web/g1/w1");
        assertThat(stage.answer(stop)).isInstanceOf(Reply.Stopped.class);
    }

    @Test
    void reloadDuringAStopIsToldThatTheServiceStops() {
        Stage stage = Stage.serving(WEB, service("dns"));
        stage.stop("web");

        RequestId reload = stage.reloadOnly("web", WEB, service("dns"));

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason()).startsWith("web is stopped, and stays so; supervisorctl start web");
    }

    @Test
    void startDuringAStopIsRefused() {
        Stage stage = Stage.serving(WEB);
        stage.stop("web");

        assertThat(stage.refusal(stage.start("web", WEB))).isEqualTo("STOPPING: web is being stopped");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING");
    }

    @Test
    void reloadWhileAFailedCandidateIsStillBeingEndedWaitsForItsEnd() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.advance(Duration.ofSeconds(30));

        RequestId second = stage.reload(WEB);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STOPPING");
        stage.exits("web/g2/w1", 143);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "3 STARTING");
        assertThat(stage.isAnswered(second)).isFalse();
    }

    @Test
    void reloadDuringTheShutdownIsRefused() {
        Stage stage = Stage.serving(WEB);
        stage.shutdown();

        assertThat(stage.refusal(stage.reload(WEB)))
                .isEqualTo("STOPPING: the supervisor is shutting down; nothing was changed");
    }
}
