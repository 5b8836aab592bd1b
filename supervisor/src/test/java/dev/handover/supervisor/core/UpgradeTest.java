package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.SpecDraft;
import org.junit.jupiter.api.Test;

/** When a supervisor gives way to another one. */
class UpgradeTest {
    private static final SpecDraft WEB = service("web");
    private static final Request.Upgrade UPGRADE = new Request.Upgrade("u1", "1.0", "2.0");

    @Test
    void whereAllThatRunsServesItGivesWayOnceItsCallerIsTold() {
        Stage stage = Stage.serving(WEB);
        RequestId upgrade = stage.ask(UPGRADE);
        assertThat(stage.answer(upgrade)).isEqualTo(new Reply.Upgrading(UPGRADE));
        assertThat(stage.gaveWay()).isTrue();
        assertThat(stage.orders()).as("nothing is done to a worker").isEmpty();
    }

    @Test
    void aReloadUnderWayEndsBefore() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        assertThat(stage.refusal(stage.ask(UPGRADE)))
                .isEqualTo(
                        "FAILED: web: a handover to generation 2 is under way; nothing was changed, try again when that"
                                + " is over");
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.answer(stage.ask(UPGRADE))).isInstanceOf(Reply.Upgrading.class);
    }

    @Test
    void aWorkerThatIsBeingStartedIsReadyBefore() {
        Stage stage = new Stage(WEB).boot();
        assertThat(stage.refusal(stage.ask(UPGRADE))).startsWith("FAILED: web/g1/w1 is being started; ");
        stage.comesUp("web/g1/w1");
        assertThat(stage.answer(stage.ask(UPGRADE))).isInstanceOf(Reply.Upgrading.class);
    }

    @Test
    void aServiceThatIsBeingStoppedIsStoppedBefore() {
        Stage stage = Stage.serving(WEB);
        stage.stop("web");
        assertThat(stage.refusal(stage.ask(UPGRADE))).startsWith("FAILED: web is being stopped; ");
        stage.drains("web/g1/w1");
        assertThat(stage.answer(stage.ask(UPGRADE))).isInstanceOf(Reply.Upgrading.class);
    }

    @Test
    void aSupervisorThatIsToLeaveIsNotUpgraded() {
        Stage stage = Stage.serving(WEB);
        stage.happens(new Event.LeaveAsked());
        assertThat(stage.refusal(stage.ask(UPGRADE))).startsWith("FAILED: the supervisor is leaving its workers ");
        assertThat(stage.gaveWay()).isFalse();
    }

    @Test
    void aSupervisorThatShutsDownIsNotUpgraded() {
        Stage stage = Stage.serving(WEB);
        stage.shutdown();
        assertThat(stage.refusal(stage.ask(UPGRADE))).startsWith("STOPPING: ");
        assertThat(stage.gaveWay()).isFalse();
    }
}
