package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Report.Difference;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** New generations of what the one that serves was started from. */
class RenewalsTest {
    private static final SpecDraft WEB = service("web").workers(2).listen("tcp://127.0.0.1:80");

    private static void comeUp(Stage stage, int generation, int workers) {
        for (int worker = 1; worker <= workers; worker++) {
            stage.comesUp("web/g" + generation + "/w" + worker);
        }
    }

    @Test
    void aRestartReplacesEachWorkerByAHandoverWhateverTheFileSays() {
        Stage stage = Stage.serving(WEB);
        RequestId restart = stage.restart("web");
        assertThat(stage.accepted(restart)).containsExactly("restart of web");
        assertThat(stage.orders())
                .contains("start web/g2/w1", "start web/g2/w2")
                .doesNotContain("start web/g2/w3");
        comeUp(stage, 2, 2);
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.report(restart).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void oneThatFailsLeavesAllThatServes() {
        Stage stage = Stage.serving(WEB);
        RequestId restart = stage.restart("web");
        stage.ready("web/g2/w1");
        stage.exits("web/g2/w2", 1);
        stage.exits("web/g2/w1", 0);
        assertThat(stage.report(restart).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(restart).reason()).endsWith("generation 1 still serves");
    }

    @Test
    void noClientsAreTriedOnWhatTheyHaveAlready() {
        Stage stage = Stage.serving(WEB.canary("10%"));
        stage.restart("web");
        comeUp(stage, 2, 2);
        assertThat(stage.effects()).noneMatch(Effect.Share.class::isInstance);
        assertThat(stage.generations("web")).contains("2 SERVING");
    }

    /** The generation under way may be the next version, which a restart of the one that serves now would undo. */
    @Test
    void itIsRefusedWhileSomethingElseIsDone() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB.workers(1));
        assertThat(stage.refusal(stage.restart("web")))
                .isEqualTo("FAILED: web: a handover to generation 2 is under way; nothing was changed, try again when"
                        + " that is over");
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void whatStandsByIsGivenUpFirst() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB.standby(Duration.ofMinutes(10)));
        comeUp(stage, 2, 2);
        RequestId restart = stage.restart("web");
        stage.drains("web/g1/w1", "web/g1/w2");
        comeUp(stage, 3, 2);
        assertThat(stage.report(restart).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.generations("web")).containsExactly("2 STANDBY", "3 SERVING");
    }

    @Test
    void whatDoesNotRunIsNotRestarted() {
        Stage stage = Stage.serving(WEB);
        assertThat(stage.refusal(stage.restart("mail"))).startsWith("UNKNOWN_SERVICE: ");
        stage.stop("web");
        assertThat(stage.refusal(stage.restart("web"))).startsWith("FAILED: web is being stopped; ");
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.refusal(stage.restart("web")))
                .isEqualTo(
                        "FAILED: no generation of web serves; supervisorctl start web starts one; nothing was changed");
    }

    @Test
    void aServiceIsScaledUpAndDownByHandovers() {
        Stage stage = Stage.serving(WEB);
        RequestId up = stage.scale("web", 3);
        assertThat(stage.accepted(up)).containsExactly("scale of web\nweb goes from 2 workers to 3");
        comeUp(stage, 2, 3);
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.report(up).outcome()).isEqualTo(ReloadOutcome.COMPLETED);

        RequestId down = stage.scale("web", 1);
        comeUp(stage, 3, 1);
        stage.drains("web/g2/w1", "web/g2/w2", "web/g2/w3");
        assertThat(stage.report(down).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.workers("web")).containsExactly("web/g3/w1 READY");

        RequestId same = stage.scale("web", 1);
        assertThat(stage.report(same).reason()).isEqualTo("web has 1 worker already");
        assertThat(stage.generations("web")).containsExactly("3 SERVING");
    }

    @Test
    void aScaleOutlivesARestartAndTheSupervisorAndEndsWithTheNextReload() {
        Stage stage = Stage.serving(WEB);
        stage.scale("web", 3);
        comeUp(stage, 2, 3);
        stage.drains("web/g1/w1", "web/g1/w2");
        stage.restart("web");
        comeUp(stage, 3, 3);
        stage.drains("web/g2/w1", "web/g2/w2", "web/g2/w3");

        Stage next = stage.crash().adopt();
        assertThat(next.workers("web")).hasSize(3);
        next.exits("web/g3/w3", 1);
        assertThat(next.orders()).as("all that it was scaled to").contains("start web/g3/w3");
        next.comesUp("web/g3/w3");

        RequestId reload = next.reload(WEB);
        assertThat(next.accepted(reload)).containsExactly("reload of web\nweb goes from 3 workers to 2");
        comeUp(next, 4, 2);
        next.drains("web/g3/w1", "web/g3/w2", "web/g3/w3");
        assertThat(next.workers("web")).hasSize(2);
    }

    @Test
    void whatHasOtherWorkersThanTheFileIsSaid() {
        Stage stage = Stage.serving(WEB);
        stage.scale("web", 3);
        assertThat(difference(stage).workers()).as("two serve, as in the file").isEmpty();
        comeUp(stage, 2, 3);
        Difference difference = difference(stage);
        assertThat(difference.workers()).containsExactly(new Difference.Workers(new ServiceName("web"), 3, 2));
        assertThat(difference.changed()).containsExactly(new ServiceName("web"));
        stage.scale("web", 5);
        assertThat(difference(stage).workers())
                .as("three serve until five do")
                .containsExactly(new Difference.Workers(new ServiceName("web"), 3, 2));
    }

    private static Difference difference(Stage stage) {
        RequestId status = stage.ask(new Request.Status(Optional.empty(), Optional.of(Stage.configuration(WEB))));
        return stage.effects().stream()
                .filter(Effect.AnswerStatus.class::isInstance)
                .map(Effect.AnswerStatus.class::cast)
                .filter(answer -> answer.request().equals(status))
                .findFirst()
                .flatMap(Effect.AnswerStatus::difference)
                .orElseThrow();
    }

    @Test
    void noMoreThanCanBeToldApart() {
        Stage stage = Stage.serving(service("dns").listen("udp://127.0.0.1:53").quic());
        assertThat(stage.refusal(stage.scale("dns", 129)))
                .isEqualTo(
                        "FAILED: the QUIC connections of at most 128 workers of dns can be told apart; nothing was changed");
    }
}
