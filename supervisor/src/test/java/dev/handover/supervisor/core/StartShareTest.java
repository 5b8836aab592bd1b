package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which workers start at a low share of the CPU, and that each has the whole one before clients come to it. */
class StartShareTest {
    private static final SpecDraft WEB =
            service("web").listen("tcp://127.0.0.1:80").startsLow();

    @Test
    void oneThatNobodyServesBesideStartsAtItsWholeShare() {
        Stage stage = new Stage(WEB).boot();
        stage.comesUp("web/g1/w1");

        assertThat(stage.orders()).noneMatch(order -> order.contains("share"));
    }

    @Test
    void oneBesideAGenerationThatServesStartsAtALowShareAndHasTheWholeOneBeforeTheFlip() {
        Stage stage = Stage.serving(WEB);
        stage.holdShares();
        stage.reload(WEB);
        assertThat(stage.orders()).containsExactly("start web/g2/w1", "low share to web/g2/w1");

        stage.comesUp("web/g2/w1");
        assertThat(stage.orders()).containsExactly("watch web/g2/w1", "whole share to web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");

        stage.shareRestored("web/g2/w1");
        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    @Test
    void withTheFullShareNothingIsTakenFromIt() {
        SpecDraft full = service("web").listen("tcp://127.0.0.1:80");
        Stage stage = Stage.serving(full);
        stage.reload(full);
        stage.comesUp("web/g2/w1");

        assertThat(stage.orders()).noneMatch(order -> order.contains("share"));
        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    @Test
    void whereWhoeverListensGetsClientsNothingIsTakenFromIt() {
        Stage unsteered = new Stage(WEB).steering(Ledger.Mode.PLAIN).boot();
        unsteered.comesUp("web/g1/w1");
        unsteered.reload(WEB);
        assertThat(unsteered.orders()).noneMatch(order -> order.contains("share"));

        Stage plain = Stage.serving(WEB.plain());
        plain.reload(WEB.plain());
        assertThat(plain.orders()).noneMatch(order -> order.contains("share"));
    }

    @Test
    void oneThatIsStartedAgainIsMissedAndStartsAtItsWholeShare() {
        Stage stage = Stage.serving(WEB.workers(2));
        stage.reload(WEB.workers(2));
        stage.comesUp("web/g2/w1");
        stage.comesUp("web/g2/w2");
        stage.orders();

        stage.exits("web/g2/w1", 1);
        stage.advance(Duration.ZERO);

        assertThat(stage.orders()).contains("start web/g2/w1").noneMatch(order -> order.contains("share to web/g2/w1"));
    }

    @Test
    void whenTheGenerationThatServedHasDiedItHasItsWholeShareBeforeItIsReady() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.exits("web/g1/w1", 1);

        assertThat(stage.orders()).contains("whole share to web/g2/w1");
        stage.comesUp("web/g2/w1");
        assertThat(stage.orders()).doesNotContain("whole share to web/g2/w1");
        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    @Test
    void oneThatIsNotReadyWhenHalfOfItsTimeIsOverHasItsWholeShareForTheRest() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.advance(Duration.ofMillis(14_999)); // of 30 s
        assertThat(stage.orders()).doesNotContain("whole share to web/g2/w1");

        stage.advance(Duration.ofMillis(1));

        assertThat(stage.orders()).containsExactly("whole share to web/g2/w1");
        stage.comesUp("web/g2/w1");
        assertThat(stage.orders()).doesNotContain("whole share to web/g2/w1");
        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    @Test
    void oneThatIsNotGivenItsShareInTimeServesAllTheSame() {
        Stage stage = Stage.serving(WEB);
        stage.holdShares();
        stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.advance(Duration.ofSeconds(29)); // of 30
        assertThat(stage.generations("web")).contains("1 SERVING", "2 STARTING");

        stage.advance(Duration.ofSeconds(1));

        assertThat(stage.generations("web")).contains("2 SERVING");
        assertThat(stage.log())
                .contains("WARN web/g2/w1 (pid 102) is ready, but was not given its whole share of the CPU in time; it"
                        + " serves so, and that is tried on");
        stage.shareRestored("web/g2/w1");
        assertThat(stage.worker("web/g2/w1").state()).hasToString("READY");
    }

    @Test
    void oneWhoseListenerGoesMeanwhileIsNotReadyByItsShareAlone() {
        Stage stage = Stage.serving(WEB);
        stage.holdShares();
        stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.listensNot("web/g2/w1", "nothing listens on tcp://127.0.0.1:80");
        stage.shareRestored("web/g2/w1");
        assertThat(stage.generations("web")).contains("2 STARTING");

        stage.listens("web/g2/w1");

        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    @Test
    void oneThatIsAbandonedIsEndedAsEver() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB);
        stage.advance(Duration.ofSeconds(30));
        stage.exits("web/g2/w1", 143);

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.orders())
                .containsExactly(
                        "start web/g2/w1",
                        "low share to web/g2/w1",
                        "whole share to web/g2/w1",
                        "SIGTERM to web/g2/w1");
    }
}
