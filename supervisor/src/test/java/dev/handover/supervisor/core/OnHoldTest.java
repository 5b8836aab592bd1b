package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.HoldStatus;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Services whose new connections wait while something else is done. */
class OnHoldTest {
    private static final ServiceName NAME = new ServiceName("web");
    private static final SpecDraft WEB = service("web").listen("tcp://127.0.0.1:80");
    private static final Duration MOST = Duration.ofSeconds(20);
    private static final String ON_HOLD = "web is on hold, for 20 s at most, asked for by " + Stage.OPERATOR;

    private final Stage stage = Stage.serving(WEB);

    private static Reply ended(Duration lasted, String end) {
        return new Reply.HoldEnded(NAME, lasted, end, 7);
    }

    private boolean newConnectionsWait() {
        return stage.service("web").hold().isPresent();
    }

    @Test
    void whoAsksIsToldWhenNewConnectionsWaitAndWhenTheyGoOn() {
        RequestId hold = stage.hold("web", MOST);
        assertThat(stage.accepted(hold)).containsExactly(ON_HOLD);
        assertThat(stage.service("web").hold())
                .contains(new HoldStatus(Stage.NOON, Stage.NOON.plus(MOST), Stage.OPERATOR));
        stage.advance(Duration.ofSeconds(3));

        RequestId end = stage.endHold("web");

        Reply told = ended(Duration.ofSeconds(3), "ended by " + Stage.OPERATOR);
        assertThat(stage.answer(hold)).isEqualTo(told);
        assertThat(stage.answer(end)).isEqualTo(told);
        assertThat(newConnectionsWait()).isFalse();
        assertThat(stage.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        assertThat(stage.refusal(stage.endHold("web"))).isEqualTo("FAILED: web is not on hold; nothing was changed");
    }

    @Test
    void theyWaitNoLongerThanWasSaid() {
        RequestId hold = stage.hold("web", MOST);
        stage.advance(Duration.ofSeconds(19));
        assertThat(newConnectionsWait()).isTrue();
        stage.advance(Duration.ofSeconds(1));
        assertThat(stage.answer(hold)).isEqualTo(ended(MOST, "its time of 20 s is over"));
    }

    @Test
    void theyGoOnWhenWhoeverAskedIsGone() {
        RequestId hold = stage.hold("web", MOST);
        stage.happens(new Event.CallerLeft(new RequestId(4711)));
        assertThat(newConnectionsWait()).isTrue();
        stage.happens(new Event.CallerLeft(hold));
        assertThat(stage.answer(hold)).isEqualTo(ended(Duration.ZERO, "whoever asked for it has gone"));
    }

    @Test
    void aReloadWaitsForTheEndOfIt() {
        stage.hold("web", MOST);
        stage.orders();

        RequestId reload = stage.reload(WEB.workers(2));

        assertThat(stage.accepted(reload))
                .containsExactly("reload of web\n" + ON_HOLD + ": its reload begins when that is over\n"
                        + "web goes from 1 worker to 2");
        assertThat(stage.orders())
                .as("nobody who is not held could be led to if the supervisor died")
                .isEmpty();
        stage.endHold("web");
        assertThat(stage.orders()).contains("start web/g2/w1", "start web/g2/w2");
        stage.comesUp("web/g2/w1");
        stage.comesUp("web/g2/w2");
        stage.drains("web/g1/w1");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void aReloadThatDoesNotWaitIsRefusedMeanwhile() {
        stage.hold("web", MOST);
        RequestId reload = stage.ask(new Request.Reload(
                Stage.configuration(WEB), Optional.of(NAME), CanaryOrder.AS_CONFIGURED, IfBusy.REFUSE, "nobody"));
        assertThat(stage.report(reload).reason()).isEqualTo(ON_HOLD + "; nothing was changed");
    }

    @Test
    void noneBeginsDuringAHandover() {
        stage.reload(WEB);
        assertThat(stage.refusal(stage.hold("web", MOST)))
                .isEqualTo("FAILED: web: a handover to generation 2 is under way; nothing was changed");
    }

    @Test
    void oneAtATime() {
        stage.hold("web", MOST);
        assertThat(stage.refusal(stage.hold("web", MOST))).isEqualTo("FAILED: " + ON_HOLD + "; nothing was changed");
    }

    @Test
    void aServiceThatIsStoppedLetsThemInFirst() {
        RequestId hold = stage.hold("web", MOST);
        RequestId stop = stage.stop("web");
        assertThat(stage.effects().stream()
                        .filter(effect -> effect instanceof Effect.LetIn || effect instanceof Effect.TellDrain))
                .hasExactlyElementsOfTypes(Effect.LetIn.class, Effect.TellDrain.class);
        assertThat(stage.answer(hold)).isEqualTo(ended(Duration.ZERO, "stop was asked for by " + Stage.OPERATOR));
        stage.drains("web/g1/w1");
        assertThat(stage.isAnswered(stop)).isTrue();
    }

    @Test
    void theSupervisorLeavesAndIsReplacedOnlyWhenTheyGoOn() {
        RequestId hold = stage.hold("web", MOST);
        assertThat(stage.refusal(stage.ask(new Request.Upgrade("u", "1", "2")))).contains(ON_HOLD);
        stage.happens(new Event.LeaveAsked());
        stage.happens(new Event.Tick());
        assertThat(stage.answer(hold)).isEqualTo(ended(Duration.ZERO, "the supervisor leaves"));
        assertThat(stage.hasLeft()).isTrue();
    }

    /** What is on hold is so in the hands of one supervisor, and goes with it. */
    @Test
    void theNextSupervisorKnowsNothingOfIt() {
        stage.hold("web", MOST);
        Stage next = stage.crash().adopt();
        assertThat(next.service("web").hold()).isEmpty();
        assertThat(next.effects()).noneMatch(Effect.HoldOff.class::isInstance).anyMatch(Effect.Steer.class::isInstance);
    }

    @Test
    void whatCannotWaitIsRefused() {
        Stage others = Stage.serving(service("dns").listen("udp://127.0.0.1:53"), service("cron"), WEB);
        assertThat(others.refusal(others.hold("dns", MOST)))
                .startsWith("FAILED: dns listens on udp://127.0.0.1:53, and datagrams can't be made to wait");
        assertThat(others.refusal(others.hold("cron", MOST)))
                .isEqualTo("FAILED: cron has no 'listen', so there is nothing to hold; nothing was changed");
        assertThat(others.refusal(others.hold("nobody", MOST))).startsWith("UNKNOWN_SERVICE: ");
        others.refuseToSteerBack("it is not steered: as configured");
        assertThat(others.refusal(others.hold("web", MOST)))
                .isEqualTo("FAILED: web can't be put on hold: it is not steered: as configured; nothing was changed");
        assertThat(others.service("web").hold()).isEmpty();
    }

    @Test
    void whereSteeringDoesNotAnswerThatHasAnEndToo() {
        stage.steering(null);
        RequestId hold = stage.hold("web", MOST);
        stage.advance(MOST.plus(Handover.STEERING_LIMIT));
        assertThat(stage.refusal(hold)).startsWith("FAILED: web: steering did not say within ");
        stage.happens(new Event.TakenOffHold(NAME, hold, 7, ""));
        assertThat(stage.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whereSteeringEndsItThatIsTold() {
        RequestId hold = stage.hold("web", MOST);
        stage.happens(new Event.TakenOffHold(NAME, hold, 7, "it is steered no more: why"));
        assertThat(stage.answer(hold)).isEqualTo(ended(Duration.ZERO, "it is steered no more: why"));
    }

    @Test
    void aReloadThatWaitedBeginsThoughTheServiceWasGivenUpMeanwhile() {
        Stage stage = Stage.serving(WEB.mostRestarts(1));
        RequestId hold = stage.hold("web", MOST);
        stage.reload(WEB);
        stage.exits("web/g1/w1", 1);
        stage.advance(Duration.ofSeconds(4));
        stage.ready("web/g1/w1");
        stage.exits("web/g1/w1", 1);
        stage.happens(new Event.TakenOffHold(NAME, hold, 0, ""));
        stage.comesUp("web/g2/w1");

        assertThat(stage.generations("web")).containsExactly("2 SERVING");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.RUNNING);
    }
}
