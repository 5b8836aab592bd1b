package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect.Standing;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A service that comes after others is started first when these run. */
class StartOrderTest {
    private static final SpecDraft CACHE = service("cache");
    private static final SpecDraft DB = service("db");
    private static final SpecDraft WEB = service("web").after("db");
    private static final String WAITS = "waits for db; supervisorctl start web starts it at once";

    private static ReloadReport report(Stage stage, RequestId reload, String service) {
        return stage.reports(reload).stream()
                .filter(report -> report.service().value().equals(service))
                .findFirst()
                .orElseThrow();
    }

    /** Whose database has failed to start, and is tried again at once. */
    private static Stage withoutDatabase() {
        Stage stage = new Stage(DB, WEB).boot();
        stage.exits("db/g1/w1", 1, "no disk");
        stage.orders();
        return stage;
    }

    @Test
    void itIsStartedWhenEachOfTheOthersRuns() {
        Stage stage = new Stage(CACHE, DB, service("web").after("db", "cache")).boot();
        assertThat(stage.orders()).containsExactly("start cache/g1/w1", "start db/g1/w1");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.WAITING);
        assertThat(stage.service("web").reason())
                .isEqualTo("waits for cache, db; supervisorctl start web starts it at once");
        assertThat(stage.service("web").generations()).isEmpty();

        stage.ready("cache/g1/w1");
        assertThat(stage.orders()).isEmpty();
        assertThat(stage.service("web").reason()).isEqualTo(WAITS);
        stage.ready("db/g1/w1");

        assertThat(stage.orders()).containsExactly("start web/g1/w1");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STARTING);
    }

    @Test
    void oneAfterAnotherInARow() {
        Stage stage = new Stage(service("app").after("web"), DB, WEB).boot();
        assertThat(stage.orders()).containsExactly("start db/g1/w1");
        stage.ready("db/g1/w1");
        assertThat(stage.orders()).containsExactly("start web/g1/w1");
        stage.ready("web/g1/w1");
        assertThat(stage.orders()).containsExactly("start app/g1/w1");
    }

    @Test
    void whereTheOtherDoesNotComeUpTheLogSaysSoOnceAndItIsStartedWhenThatIsUpAtLast() {
        Stage stage = withoutDatabase();
        stage.advance(Duration.ZERO);
        stage.exits("db/g1/w1", 1);
        stage.advance(Duration.ofMinutes(1));

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.WAITING);
        assertThat(stage.log())
                .filteredOn(line -> line.contains(" web "))
                .containsExactly(
                        "INFO web waits for db, which it comes after",
                        "WARN web is not started yet: it comes after db, and db is down: db/g1/w1 (pid 101) exited with"
                                + " 1 before it was ready; supervisorctl start web starts it at once");
        assertThat(stage.orders()).noneMatch(order -> order.contains("web"));
        stage.ready("db/g1/w1");
        assertThat(stage.orders()).contains("start web/g1/w1");
        stage.exits("web/g1/w1", 1);
        stage.advance(Duration.ZERO);
        assertThat(stage.orders()).as("it is tried again, as at any boot").containsExactly("start web/g1/w1");
    }

    @Test
    void whoeverManagesTheSupervisorIsNotKeptWaitingForIt() {
        Stage stage = new Stage(DB, WEB).boot();
        assertThat(stage.announced().standing()).isEqualTo(Standing.STARTING);

        stage.exits("db/g1/w1", 1);

        assertThat(stage.announced().standing()).isEqualTo(Standing.READY);
        assertThat(stage.announced().status()).endsWith("web: waiting");
    }

    @Test
    void theOperatorStartsItAtOnceAndItIsNotStartedAgain() {
        Stage stage = withoutDatabase();
        stage.advance(Duration.ZERO);
        stage.orders();

        RequestId start = stage.start("web", DB, WEB);
        assertThat(stage.orders()).containsExactly("start web/g1/w1");
        stage.ready("web/g1/w1");
        stage.ready("db/g1/w1");

        assertThat(stage.isAnswered(start)).isTrue();
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.orders()).isEmpty();
    }

    @Test
    void oneThatNobodyStartsIsNotWaitedFor() {
        assertThat(new Stage(DB.withoutAutostart(), WEB).boot().orders()).containsExactly("start web/g1/w1");

        Stage before = Stage.serving(DB);
        before.stop("db");
        before.drains("db/g1/w1");
        assertThat(before.crash(DB, WEB).adopt().orders()).containsExactly("start web/g1/w1");
    }

    @Test
    void oneThatIsStoppedMeanwhileIsNotWaitedForAnyMore() {
        Stage stage = withoutDatabase();

        stage.stop("db");

        assertThat(stage.orders()).endsWith("start web/g1/w1");
    }

    @Test
    void oneThatIsGivenUpIsWaitedFor() {
        Stage stage = new Stage(DB.mostRestarts(0), WEB).boot();
        stage.exits("db/g1/w1", 1);
        stage.advance(Duration.ofMinutes(1));
        assertThat(stage.service("web").reason()).isEqualTo(WAITS);

        stage.start("db", DB, WEB);
        stage.ready("db/g2/w1");

        assertThat(stage.orders()).endsWith("start db/g2/w1", "start web/g1/w1");
    }

    @Test
    void onceItRunsItIsLeftAloneWhateverBecomesOfTheOther() {
        Stage stage = Stage.serving(DB);
        stage.reload(DB, WEB);
        stage.ready("db/g2/w1");
        stage.drains("db/g1/w1");
        stage.ready("web/g1/w1");

        stage.orders();
        stage.exits("db/g2/w1", 1);
        stage.exits("web/g1/w1", 1);

        assertThat(stage.orders()).containsExactly("start db/g2/w1", "start web/g1/w1");
    }

    @Test
    void aReloadThatAddsServicesStartsThemInOrderAndIsAnsweredWhenAllServe() {
        Stage stage = Stage.serving(CACHE);
        RequestId reload = stage.reload(CACHE, DB, WEB);
        assertThat(stage.orders()).containsExactly("start cache/g2/w1", "start db/g1/w1");

        stage.ready("cache/g2/w1");
        stage.drains("cache/g1/w1");
        stage.ready("db/g1/w1");
        assertThat(stage.isAnswered(reload)).isFalse();
        stage.ready("web/g1/w1");

        assertThat(stage.reports(reload)).hasSize(3).allMatch(report -> report.outcome() == ReloadOutcome.COMPLETED);
    }

    @Test
    void whereWhatAReloadAddsFailsThatIsNotTriedAgainAndNotWaitedFor() {
        Stage stage = Stage.serving(CACHE);
        RequestId reload = stage.reload(CACHE, DB, WEB);
        stage.ready("cache/g2/w1");
        stage.drains("cache/g1/w1");
        stage.orders();

        stage.exits("db/g1/w1", 1);
        assertThat(stage.orders()).contains("start web/g1/w1");
        stage.ready("web/g1/w1");

        assertThat(report(stage, reload, "db").outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(report(stage, reload, "web").outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void aReloadIsNotKeptWaitingForOneThatIsDownAndWhatItAddedIsStartedLater() {
        Stage stage = Stage.serving(DB);
        stage.exits("db/g1/w1", 1);

        RequestId reload = stage.reloadOnly("web", DB, WEB);

        String reason =
                "web is not started yet: it comes after db, and db is down: db/g1/w1 (pid 101) exited with 1 after"
                        + " it had been ready; supervisorctl start web starts it at once";
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(reload).reason()).isEqualTo(reason);
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.WAITING);
        assertThat(stage.service("web").lastReload().orElseThrow().reason()).isEqualTo(reason);
        stage.advance(Duration.ZERO);
        stage.ready("db/g1/w1");
        assertThat(stage.orders()).endsWith("start db/g1/w1", "start web/g1/w1");
    }

    @Test
    void aReloadIsNotKeptWaitingForOneThatWaitsItselfForOneThatIsDown() {
        Stage stage = Stage.serving(DB);
        stage.exits("db/g1/w1", 1);

        stage.reloadOnly("web", DB, WEB);
        RequestId app = stage.reloadOnly("app", service("app").after("web"), DB, WEB);

        assertThat(stage.report(app).reason()).contains("app is not started yet: it comes after web, and db is down: ");
    }

    @Test
    void runningServicesAreReloadedSideBySide() {
        Stage stage = new Stage(DB, WEB).boot();
        stage.ready("db/g1/w1");
        stage.ready("web/g1/w1");
        stage.orders();

        stage.reload(DB, WEB);

        assertThat(stage.orders()).containsExactly("start db/g2/w1", "start web/g2/w1");
    }

    @Test
    void aServiceThatIsStartedAnewByAReloadWaitsAgain() {
        Stage stage = Stage.serving(DB);
        stage.reload(DB, WEB.mostRestarts(0));
        stage.ready("db/g2/w1");
        stage.drains("db/g1/w1");
        stage.ready("web/g1/w1");
        stage.exits("web/g1/w1", 1);
        stage.exits("db/g2/w1", 1);
        assertThat(stage.service("web").state()).as("given up").isEqualTo(ServiceState.DOWN);

        stage.reloadOnly("web", DB, WEB);

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.WAITING);
    }

    @Test
    void aNewerReloadTakesThePlaceOfOneThatWaits() {
        Stage stage = new Stage(DB).boot();
        RequestId first = stage.reloadOnly("web", DB, WEB);
        RequestId second = stage.reloadOnly("web", DB, WEB.workers(2));

        assertThat(stage.report(first).outcome()).isEqualTo(ReloadOutcome.REPLACED);
        stage.ready("db/g1/w1");
        stage.ready("web/g1/w1", "web/g1/w2");
        assertThat(stage.report(second).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void aStopEndsTheWait() {
        Stage stage = new Stage(DB).boot();
        RequestId reload = stage.reloadOnly("web", DB, WEB);

        RequestId stop = stage.stop("web");

        assertThat(stage.isAnswered(stop)).isTrue();
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.CANCELLED);
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPED);
        stage.orders();
        stage.ready("db/g1/w1");
        assertThat(stage.orders()).isEmpty();
    }

    @Test
    void aReloadRemovesOneThatWaits() {
        Stage stage = withoutDatabase();

        stage.reload(DB);

        assertThat(stage.services()).hasSize(1);
    }

    @Test
    void aReloadLeavesOneStoppedThatIsNotToBeStartedByItselfAnyMore() {
        Stage stage = withoutDatabase();

        stage.reload(DB, WEB.withoutAutostart());

        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPED);
        assertThat(stage.service("web").reason()).isEqualTo(Absence.UNSTARTED);
    }

    @Test
    void theNextSupervisorHasItWaitAgain() {
        Stage next = withoutDatabase().crash().adopt();
        assertThat(next.service("web").state()).isEqualTo(ServiceState.WAITING);
        next.ready("db/g2/w1");
        assertThat(next.orders()).containsSubsequence("start db/g2/w1", "start web/g1/w1");
    }

    @Test
    void theNextSupervisorStartsItWhereTheOtherServesAndGoesOnWithItWhereItServes() {
        Stage one = new Stage(DB, WEB).boot();
        one.ready("db/g1/w1");
        assertThat(one.crash().adopt().orders()).contains("start web/g2/w1");

        one.ready("web/g1/w1");
        one.dies("db/g1/w1");
        Stage other = one.crash().adopt();
        assertThat(other.generations("web")).containsExactly("1 SERVING");
        assertThat(other.orders()).contains("start db/g2/w1").noneMatch(order -> order.equals("start web/g2/w1"));
    }

    @Test
    void servicesThatGiveAddressesToOneAnotherAreFlippedTogetherAndDoNotWait() {
        Stage stage = Stage.serving(service("old").listen("tcp://127.0.0.1:80"));
        RequestId reload = stage.reload(
                service("old").listen("tcp://127.0.0.1:81"),
                service("web").after("old").listen("tcp://127.0.0.1:80"));
        assertThat(stage.orders()).containsExactly("start old/g2/w1", "start web/g1/w1");

        stage.comesUp("old/g2/w1");
        stage.comesUp("web/g1/w1");
        stage.drains("old/g1/w1");

        assertThat(stage.reports(reload)).allMatch(report -> report.outcome() == ReloadOutcome.COMPLETED);
    }

    @Test
    void oneThatWasToTakeAnAddressOverIsOffWhereItWouldHaveToWait() {
        SpecDraft site = service("site").after("db").listen("tcp://127.0.0.1:80");
        Stage stage = Stage.serving(DB, service("old").listen("tcp://127.0.0.1:80"));
        stage.exits("db/g1/w1", 1);
        RequestId reload = stage.reload(DB, site);
        stage.exits("db/g2/w1", 1);

        assertThat(report(stage, reload, "site").reason())
                .startsWith("site is not started: it comes after db, and db is down: ");
        assertThat(stage.generations("old")).containsExactly("1 SERVING");
        assertThat(stage.service("site").state()).isEqualTo(ServiceState.STOPPED);
        stage.orders();
        stage.ready("db/g1/w1");
        assertThat(stage.orders()).isEmpty();
    }

    @Test
    void oneThatWaitsMayBeRenamed() {
        SpecDraft web = WEB.listen("tcp://127.0.0.1:80");
        Stage stage = new Stage(DB, web).boot();
        RequestId reload = stage.reload(DB, service("site").listen("tcp://127.0.0.1:80"));
        stage.ready("db/g1/w1");
        stage.ready("db/g2/w1");
        stage.drains("db/g1/w1");
        stage.comesUp("site/g1/w1");

        assertThat(stage.reports(reload)).allMatch(report -> report.outcome() == ReloadOutcome.COMPLETED);
    }

    @Test
    void filesThatWereReadAtDifferentTimesMakeNoCircleOfWhichNoneStarts() {
        Stage stage = new Stage(CACHE, DB.after("cache"), WEB).boot();
        stage.exits("cache/g1/w1", 1);
        stage.orders();

        stage.reloadOnly("db", CACHE, DB.after("web"));

        assertThat(stage.orders()).containsExactly("start db/g1/w1");
        stage.ready("db/g1/w1");
        assertThat(stage.orders()).containsExactly("start web/g1/w1");
    }
}
