package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.Total;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a service was started from before, and the way back to it. */
class HistoryTest {
    private static final ServiceName NAME = new ServiceName("web");
    private static final SpecDraft WEB = service("web").listen("tcp://127.0.0.1:80");
    private static final SpecDraft TWO = WEB.workers(2);

    private static List<String> history(Stage stage) {
        RequestId asked = stage.ask(new Request.History(Optional.of(NAME)));
        Reply.History past = (Reply.History) stage.answer(asked);
        return past.services().get(0).reloads().stream().map(HistoryTest::text).toList();
    }

    private static String text(PastReload reload) {
        return reload.generation() + " " + reload.outcome() + " of "
                + reload.spec().workers();
    }

    private static RequestId reloadTo(Stage stage, int generation) {
        return stage.ask(new Request.ReloadTo(
                NAME, new GenerationId(generation), CanaryOrder.AS_CONFIGURED, IfBusy.WAIT, Stage.OPERATOR));
    }

    /** The second generation, of two workers, serves; the first, of one, has gone. */
    private static Stage handedOver() {
        Stage stage = Stage.serving(WEB);
        stage.reload(TWO);
        stage.comesUp("web/g2/w1");
        stage.comesUp("web/g2/w2");
        stage.drains("web/g1/w1");
        return stage;
    }

    @Test
    void itHasThoseThatWereReplacedOrCancelledToo() {
        Stage stage = Stage.serving(WEB);
        stage.reload(TWO);
        stage.ask(new Request.Reload(
                Stage.configuration(WEB), Optional.empty(), CanaryOrder.NONE, IfBusy.REPLACE, Stage.OPERATOR));
        stage.exits("web/g2/w1", 143);
        stage.exits("web/g2/w2", 143);
        assertThat(history(stage)).containsExactly("1 COMPLETED of 1", "2 REPLACED of 2");

        stage.stop("web");

        assertThat(history(stage)).containsExactly("1 COMPLETED of 1", "2 REPLACED of 2", "3 CANCELLED of 1");
    }

    @Test
    void oneThatWasToldToStopOnceItServedHasServed() {
        Stage stage = Stage.serving(WEB);
        stage.reload(TWO);
        stage.comesUp("web/g2/w1");
        stage.comesUp("web/g2/w2");

        stage.stop("web");

        assertThat(history(stage)).containsExactly("1 COMPLETED of 1", "2 COMPLETED of 2");
    }

    @Test
    void oneThatEndedWithItsSupervisorHasFailedAndIsCounted() {
        Stage stage = Stage.serving(WEB);
        stage.reload(TWO);

        Stage next = stage.crash().adopt();

        assertThat(history(next)).containsExactly("1 COMPLETED of 1", "2 FAILED of 2");
        assertThat(next.service("web").totals().of(Total.RELOADS_FAILED)).isEqualTo(1);
        assertThat(next.service("web").lastReload().orElseThrow().reason())
                .isEqualTo("the supervisor that had begun it ended before web generation 2 served; generation 1 still"
                        + " serves");
    }

    @Test
    void itHasTheFirstStartAndEachReloadThatEnded() {
        Stage stage = handedOver();
        RequestId bad = stage.reload(WEB);
        stage.exits("web/g3/w1", 1);
        assertThat(stage.report(bad).outcome()).isEqualTo(ReloadOutcome.FAILED);

        assertThat(history(stage)).containsExactly("1 COMPLETED of 1", "2 COMPLETED of 2", "3 FAILED of 1");
    }

    @Test
    void aReloadMayGoToWhatAnEarlierGenerationWasStartedFrom() {
        Stage stage = handedOver();

        RequestId reload = reloadTo(stage, 1);
        stage.comesUp("web/g3/w1");
        stage.drains("web/g2/w1", "web/g2/w2");

        ReloadReport report = stage.report(reload);
        assertThat(report.outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(report.to()).contains(new GenerationId(3));
        assertThat(history(stage)).containsExactly("1 COMPLETED of 1", "2 COMPLETED of 2", "3 COMPLETED of 1");
    }

    @Test
    void ofAGenerationThatIsNotKeptItSaysWhichAre() {
        assertThat(Stage.serving(WEB))
                .satisfies(stage -> assertThat(stage.refusal(reloadTo(stage, 7)))
                        .isEqualTo("FAILED: nothing is kept of generation 7 of web; there is 1; nothing was changed"));
    }

    @Test
    void aRollbackWithNothingWarmStartsTheLastGoodConfigurationAgain() {
        Stage stage = handedOver();

        RequestId rollback = stage.rollBack("web");
        stage.comesUp("web/g3/w1");
        stage.drains("web/g2/w1", "web/g2/w2");

        assertThat(stage.report(rollback).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(history(stage)).containsExactly("1 COMPLETED of 1", "2 FAILED of 2", "3 COMPLETED of 1");
        assertThat(stage.refusal(stage.rollBack("web")))
                .startsWith("FAILED: nothing warm is there to go back to, and generation 1 of web was started from the"
                        + " same configuration as the one that serves");
    }

    @Test
    void ofAReloadThatTheSameConfigurationWouldNotUndoItSaysWhatToDo() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1");

        assertThat(stage.refusal(stage.rollBack("web")))
                .startsWith(
                        "FAILED: nothing warm is there to go back to, and generation 1 of web was started from the same")
                .contains("put the earlier program back")
                .endsWith("; nothing was changed");
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void oneThatWasRolledBackFromIsNoGoodOneToGoBackTo() {
        SpecDraft standing = TWO.standby(Duration.ofMinutes(1));
        Stage stage = Stage.serving(WEB);
        stage.reload(standing);
        stage.comesUp("web/g2/w1");
        stage.comesUp("web/g2/w2");
        stage.rollBack("web");
        stage.drains("web/g2/w1", "web/g2/w2");

        assertThat(history(stage)).containsExactly("1 COMPLETED of 1", "2 FAILED of 2");
    }

    @Test
    void theNextSupervisorKnowsIt() {
        Stage next = handedOver().crash().adopt();

        assertThat(history(next)).containsExactly("1 COMPLETED of 1", "2 COMPLETED of 2");
    }

    @Test
    void itKeepsTheLastTen() {
        Stage stage = Stage.serving(WEB);
        for (int generation = 2; generation <= 12; generation++) {
            stage.reload(WEB);
            stage.comesUp("web/g" + generation + "/w1");
            stage.drains("web/g" + (generation - 1) + "/w1");
        }

        assertThat(history(stage)).hasSize(10).startsWith("3 COMPLETED of 1").endsWith("12 COMPLETED of 1");
    }
}
