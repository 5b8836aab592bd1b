package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Difference;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whether a service is up or down, since when and why; and how its last reload ended. */
class ConditionTest {
    private static final SpecDraft WEB = service("web");
    private static final String WORKER = "web/g1/w1";
    private static final String NO_FOLDER = "chdir: ENOENT (/srv/web)";

    private static ServiceStatus web(Stage stage) {
        return stage.service("web");
    }

    private static List<String> errors(Stage stage) {
        return stage.log().stream().filter(line -> line.startsWith("ERROR")).toList();
    }

    private static Instant noonPlus(Duration duration) {
        return Stage.NOON.plus(duration);
    }

    @Test
    void aServiceWhoseOnlyWorkerCannotBeStartedAgainIsDownAndSaysWhyAndSinceWhen() {
        Stage stage = Stage.serving(WEB);
        assertThat(web(stage).state()).isEqualTo(ServiceState.RUNNING);
        assertThat(web(stage).reason()).isEmpty();
        stage.advance(Duration.ofSeconds(60));

        stage.refuseStarts(NO_FOLDER);
        stage.exits(WORKER, 1, "bye");
        stage.advance(Duration.ofSeconds(5));

        assertThat(web(stage).state()).isEqualTo(ServiceState.DOWN);
        assertThat(web(stage).reason()).isEqualTo(WORKER + " could not be started: " + NO_FOLDER);
        assertThat(web(stage).since()).contains(noonPlus(Duration.ofSeconds(60)));
        assertThat(web(stage).serving()).contains(new GenerationId(1));
        assertThat(stage.announced().status())
                .isEqualTo("web: down: " + web(stage).reason());
    }

    @Test
    void itGoesDownWithAnErrorAndComesUpWithALine() {
        Stage stage = Stage.serving(WEB);
        long pid = stage.pid(WORKER);
        stage.exits(WORKER, 1);

        assertThat(stage.log())
                .contains("ERROR web is down, nobody accepts: " + WORKER + " (pid " + pid
                        + ") exited with 1 after it had been ready");
        stage.advance(Duration.ofSeconds(4));
        stage.ready(WORKER);
        assertThat(stage.log()).endsWith("INFO web is up; it was down for 4 s");
        assertThat(web(stage).state()).isEqualTo(ServiceState.RUNNING);
        assertThat(web(stage).reason()).isEmpty();
        assertThat(web(stage).since()).contains(noonPlus(Duration.ofSeconds(4)));
    }

    @Test
    void whyAStartFailedIsAnErrorOnceAndAgainOnlyWhenItIsAnother() {
        Stage stage = Stage.serving(WEB);
        stage.refuseStarts(NO_FOLDER);
        stage.exits(WORKER, 1);
        stage.advance(Duration.ofSeconds(5));
        stage.refuseStarts("fork: EAGAIN");
        stage.advance(Duration.ofSeconds(5));

        assertThat(errors(stage))
                .filteredOn(line -> line.contains("could not be started"))
                .containsExactly(
                        "ERROR " + WORKER + " could not be started: " + NO_FOLDER,
                        "ERROR " + WORKER + " could not be started: fork: EAGAIN");
        assertThat(stage.log())
                .contains("INFO " + WORKER + " is started again in 400 ms; it could not be started, as before");
    }

    @Test
    void aServiceIsUpAsLongAsOneWorkerAcceptsAndSaysWhatTheOtherLacks() {
        Stage stage = Stage.serving(WEB.workers(2));
        stage.refuseStarts(NO_FOLDER);
        stage.exits(WORKER, 1);
        stage.advance(Duration.ofSeconds(1));

        assertThat(web(stage).state()).isEqualTo(ServiceState.RUNNING);
        assertThat(web(stage).reason()).isEqualTo(WORKER + " could not be started: " + NO_FOLDER);

        stage.exits("web/g1/w2", 1);
        assertThat(web(stage).state()).isEqualTo(ServiceState.DOWN);
    }

    @Test
    void aWorkerThatClosesItsListenerAndRunsOnAcceptsNoMoreUntilItOpensOne() {
        Stage stage = Stage.serving(WEB);
        String closed =
                WORKER + " (pid " + stage.pid(WORKER) + ") no longer listens: nothing listens on tcp://[::1]:80";
        stage.listensNot(WORKER, "nothing listens on tcp://[::1]:80");
        stage.listensNot(WORKER, "nothing listens on tcp://[::1]:80");
        assertThat(web(stage).state()).isEqualTo(ServiceState.DOWN);
        assertThat(web(stage).reason()).isEqualTo(closed);
        assertThat(errors(stage)).containsExactly("ERROR " + closed, "ERROR web is down, nobody accepts: " + closed);
        assertThat(stage.worker(WORKER).state()).isEqualTo(WorkerState.READY);

        stage.listens(WORKER);
        assertThat(web(stage).state()).isEqualTo(ServiceState.RUNNING);
        assertThat(web(stage).reason()).isEmpty();
    }

    @Test
    void aWorkerThatStopsOfItsOwnAccordAcceptsNoMore() {
        Stage stage = Stage.serving(WEB);
        stage.leaves(WORKER);
        assertThat(web(stage).state()).isEqualTo(ServiceState.DOWN);
        assertThat(web(stage).reason()).contains("stops of its own accord");
    }

    @Test
    void aFirstStartThatFailsIsDownWithItsReasonAndLastLines() {
        Stage stage = new Stage(WEB).boot();
        assertThat(web(stage).state()).isEqualTo(ServiceState.STARTING);
        stage.advance(Duration.ofSeconds(2));
        stage.exits(WORKER, 7, "cannot read the licence");

        assertThat(web(stage).state()).isEqualTo(ServiceState.DOWN);
        assertThat(web(stage).reason()).contains("exited with 7 before it was ready");
        assertThat(web(stage).lastLines()).containsExactly("cannot read the licence");
        assertThat(web(stage).since()).contains(noonPlus(Duration.ofSeconds(2)));

        stage.advance(Duration.ofSeconds(1));
        stage.ready(WORKER);
        assertThat(web(stage).state()).isEqualTo(ServiceState.RUNNING);
        assertThat(stage.log()).endsWith("INFO web is up; it was down for 1 s");
    }

    @Test
    void oneThatIsDownIsUpOnceAReloadHasAnotherGenerationServe() {
        Stage stage = down();
        stage.acceptStarts();
        stage.reload(WEB);
        stage.ready("web/g2/w1");

        assertThat(web(stage).state()).isEqualTo(ServiceState.RUNNING);
        assertThat(web(stage).serving()).contains(new GenerationId(2));
    }

    private static Stage down() {
        Stage stage = Stage.serving(WEB);
        stage.refuseStarts(NO_FOLDER);
        stage.exits(WORKER, 1);
        stage.advance(Duration.ofSeconds(1));
        return stage;
    }

    @Test
    void aReloadThatFailsDoesNotSayThatOneThatIsDownStillServes() {
        Stage stage = down();
        RequestId reload = stage.reload(WEB);
        assertThat(stage.report(reload).reason())
                .endsWith("generation 2 abandoned, generation 1 is to serve, but none of its workers accepts");
    }

    @Test
    void aStartOfOneThatIsDownBeginsAnotherGeneration() {
        Stage stage = down();
        stage.acceptStarts();
        RequestId start = stage.start("web", WEB);
        assertThat(stage.isAnswered(start)).isFalse();
        stage.ready("web/g2/w1");
        assertThat(stage.answer(start)).isEqualTo(new Reply.Started(new ServiceName("web"), new GenerationId(2)));
    }

    @Test
    void aNewServiceThatNeverStartedSaysWhyAndWhen() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB, service("new"));
        stage.ready("web/g2/w1");
        stage.drains(WORKER);
        stage.advance(Duration.ofSeconds(3));
        stage.exits("new/g1/w1", 3, "licence file is missing");

        ServiceStatus status = stage.service("new");
        assertThat(status.state()).isEqualTo(ServiceState.STOPPED);
        assertThat(status.reason()).contains("exited with 3 before it was ready");
        assertThat(status.lastLines()).containsExactly("licence file is missing");
        assertThat(status.since()).contains(noonPlus(Duration.ofSeconds(3)));
        assertThat(status.lastReload())
                .hasValueSatisfying(reload -> assertThat(reload.outcome()).isEqualTo(ReloadOutcome.FAILED));
    }

    @Test
    void howTheLastReloadEndedIsKeptAlsoByTheNextSupervisor() {
        Stage stage = Stage.serving(WEB);
        assertThat(web(stage).lastReload()).isEmpty();
        stage.reload(WEB);
        stage.advance(Duration.ofSeconds(2));
        stage.exits("web/g2/w1", 4, "no such table");

        LastReload last = web(stage).lastReload().orElseThrow();
        assertThat(last.at()).isEqualTo(noonPlus(Duration.ofSeconds(2)));
        assertThat(last.to()).contains(new GenerationId(2));
        assertThat(last.outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(last.reason()).contains("exited with 4").contains("generation 1 still serves");
        assertThat(last.lastLines()).containsExactly("no such table");

        Stage next = stage.crash().adopt();
        assertThat(web(next).lastReload()).contains(last);
    }

    @Test
    void aReloadThatSucceedsTakesItsPlaceWithTheVerdict() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.exits("web/g2/w1", 4);
        stage.reload(WEB);
        stage.ready("web/g3/w1");
        stage.drains(WORKER);

        LastReload last = web(stage).lastReload().orElseThrow();
        assertThat(last.outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(last.verdict()).contains("not shown: no listener was steered");
    }

    @Test
    void aReloadOfAFileThatCannotBeUsedIsTheLastOneToo() {
        Stage stage = Stage.serving(WEB, service("dns"));
        stage.happens(new Event.ReloadRefused(Optional.of(new ServiceName("web")), "handover.toml:2:1: comand"));

        assertThat(web(stage).lastReload()).contains(LastReload.refused("handover.toml:2:1: comand", stage.wall()));
        assertThat(stage.service("dns").lastReload()).isEmpty();
    }

    @Test
    void aStoppedServiceSaysSinceWhenAndByWhomAlsoToTheNextSupervisor() {
        Stage stage = Stage.serving(WEB);
        stage.advance(Duration.ofSeconds(9));
        stage.stop("web");
        stage.drains(WORKER);

        Stage next = stage.crash().adopt();
        next.advance(Duration.ofSeconds(9));
        for (Stage one : List.of(stage, next)) {
            assertThat(web(one).state()).isEqualTo(ServiceState.STOPPED);
            assertThat(web(one).since()).contains(noonPlus(Duration.ofSeconds(9)));
            assertThat(web(one).reason()).isEqualTo("as asked for by " + Stage.OPERATOR);
        }
    }

    private static Difference difference(Stage stage, Configuration file) {
        RequestId id = stage.ask(new Request.Status(Optional.empty(), Optional.of(file)));
        return stage.effects().stream()
                .filter(effect -> effect instanceof Effect.AnswerStatus answer
                        && answer.request().equals(id))
                .map(effect -> ((Effect.AnswerStatus) effect).difference().orElseThrow())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatTheFileWouldChangeIsToldByWhatRunsAndNotByWhatWasRead() {
        Stage stage = Stage.serving(WEB, service("dns"));
        Configuration same = Stage.configuration(WEB, service("dns"));
        Configuration other = Stage.configuration(WEB.workers(2), service("new"));
        assertThat(difference(stage, same)).isEqualTo(new Difference(List.of(), List.of(), List.of(), List.of()));

        stage.reload(WEB.workers(2), service("dns"));
        stage.exits("web/g2/w1", 1); // it was read, and does not run all the same

        assertThat(difference(stage, other))
                .isEqualTo(new Difference(
                        List.of(new ServiceName("web")),
                        List.of(new ServiceName("new")),
                        List.of(new ServiceName("dns")),
                        List.of(new Difference.Workers(new ServiceName("web"), 1, 2))));
    }
}
