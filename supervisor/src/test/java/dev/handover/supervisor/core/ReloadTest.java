package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Report;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A reload that goes well, or whose new generation does not. */
class ReloadTest {
    private static final SpecDraft WEB = service("web");

    @Test
    void theNewGenerationServesOnceItIsReadyAndTheOldOneDrainsThen() {
        Stage stage = Stage.serving(WEB);

        RequestId reload = stage.reload(WEB);
        assertThat(stage.orders()).containsExactly("start web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");

        stage.advance(Duration.ofSeconds(2));
        stage.ready("web/g2/w1");
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING", "2 SERVING");
        assertThat(stage.isAnswered(reload)).isFalse();

        stage.advance(Duration.ofSeconds(3));
        stage.drains("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
        ReloadReport report = stage.report(reload);
        assertThat(report.outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(report.from()).contains(new GenerationId(1));
        assertThat(report.to()).contains(new GenerationId(2));
        assertThat(report.reason()).isEqualTo("web generation 2 serves");
        assertThat(report.phases())
                .extracting(phase -> phase.phase() + " " + phase.end() + " " + Durations.text(phase.took()))
                .containsExactly(
                        "START DONE 2 s", "FLIP DONE 0 ms", "QUIESCE DONE 0 ms", "DRAIN DONE 3 s", "RELEASE DONE 0 ms");
        assertThat(stage.progress(reload))
                .containsExactly(
                        "START of 2 began",
                        "START of 2 DONE",
                        "FLIP of 2 began",
                        "FLIP of 2 DONE",
                        "QUIESCE of 1 began",
                        "QUIESCE of 1 DONE",
                        "DRAIN of 1 began",
                        "DRAIN of 1 DONE",
                        "RELEASE of 1 began",
                        "RELEASE of 1 DONE");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 4", "4, 1", "3, 2"})
    void theOldWorkersDrainOnlyWhenEveryNewOneIsReady(int before, int after) {
        Stage stage = Stage.serving(WEB.workers(before));

        RequestId reload = stage.reload(WEB.workers(after));
        for (int index = 1; index <= after; index++) {
            assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");
            assertThat(stage.orders()).noneMatch(order -> order.contains("web/g1"));
            stage.ready("web/g2/w" + index);
        }
        assertThat(stage.orders())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, before)
                        .mapToObj(index -> "DRAIN 60 s to web/g1/w" + index)
                        .toList());

        for (int index = 1; index <= before; index++) {
            assertThat(stage.isAnswered(reload)).isFalse();
            stage.drains("web/g1/w" + index);
        }
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
        assertThat(stage.workers("web")).hasSize(after).allMatch(worker -> worker.endsWith(" READY"));
    }

    @Test
    void aWorkerThatSaysItIsReadyIsNotBeforeItsListenersExist() {
        SpecDraft listening = WEB.listen("tcp://127.0.0.1:80");
        Stage stage = new Stage(listening).boot();

        stage.ready("web/g1/w1");
        assertThat(stage.orders()).containsExactly("start web/g1/w1", "watch web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 STARTING");

        stage.listens("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void aWorkerOfAServiceThatIsReadyWhenListeningNeedNotSayAnything() {
        Stage stage = new Stage(WEB.listen("tcp://127.0.0.1:80").readyWhenListening()).boot();

        assertThat(stage.orders()).containsExactly("start web/g1/w1", "watch web/g1/w1");
        stage.listens("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void candidateThatExitsLeavesTheServingGenerationAloneAndItsLastWordsReachTheCaller() {
        Stage stage = Stage.serving(WEB);

        RequestId reload = stage.reload(WEB);
        stage.exits("web/g2/w1", 1, "Traceback", "ImportError: no module named x");

        ReloadReport report = stage.report(reload);
        assertThat(report.outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(report.reason())
                .isEqualTo("web/g2/w1 (pid 102) exited with 1 before it was ready;"
                        + " generation 2 abandoned, generation 1 still serves");
        assertThat(stage.log().stream().filter(line -> line.contains("exited with 1 before")))
                .as("the reason, once")
                .hasSize(1);
        assertThat(stage.log())
                .anyMatch(line -> line.endsWith("web: generation 2 abandoned, generation 1 still serves"));
        assertThat(report.lastLines()).containsExactly("Traceback", "ImportError: no module named x");
        assertThat(report.phases()).extracting(Report.PhaseReport::end).containsExactly(PhaseEnd.EXITED_BEFORE_READY);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.orders()).containsExactly("start web/g2/w1");
    }

    @Test
    void candidateThatNeverSaysItIsReadyIsEndedAtTheDeadline() {
        Stage stage = Stage.serving(WEB);

        RequestId reload = stage.reload(WEB);
        stage.advance(Duration.ofSeconds(30));
        assertThat(stage.orders()).containsExactly("start web/g2/w1", "SIGTERM to web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STOPPING");
        assertThat(stage.isAnswered(reload)).isFalse();

        stage.exits("web/g2/w1", 143, "waiting for the database");
        ReloadReport report = stage.report(reload);
        assertThat(report.outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(report.reason())
                .startsWith(
                        "web/g2/w1 (pid 102) was not ready within 30 s: it never said so; a program that does not say READY"
                                + " needs 'listen' and ready = \"listening\", a slow one a longer ready-timeout; generation 2 abandoned");
        assertThat(report.lastLines()).containsExactly("waiting for the database");
        assertThat(report.phases()).extracting(Report.PhaseReport::end).containsExactly(PhaseEnd.NOT_READY_IN_TIME);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void candidateThatIgnoresTermIsKilledBeforeTheCallerHears() {
        Stage stage = Stage.serving(WEB);

        RequestId reload = stage.reload(WEB);
        stage.advance(Duration.ofSeconds(35));
        assertThat(stage.orders()).containsExactly("start web/g2/w1", "SIGTERM to web/g2/w1", "SIGKILL to web/g2/w1");
        stage.exits("web/g2/w1", 137);
        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.FAILED);
    }

    @Test
    void candidateThatSaysItIsReadyButDoesNotListenFailsWithWhatIsMissing() {
        SpecDraft listening = WEB.listen("tcp://127.0.0.1:80");
        Stage stage = new Stage(listening).boot();
        stage.ready("web/g1/w1");
        stage.listens("web/g1/w1");

        RequestId reload = stage.reload(listening);
        stage.ready("web/g2/w1");
        stage.listensNot("web/g2/w1", "nobody listens on tcp://127.0.0.1:80");
        assertThat(stage.log()).noneMatch(line -> line.startsWith("WARN"));
        stage.misfits("web/g2/w1", "nobody listens on tcp://127.0.0.1:80");
        assertThat(stage.log())
                .filteredOn(line -> line.startsWith("WARN"))
                .singleElement()
                .asString()
                .contains("nobody listens on tcp://127.0.0.1:80; it is not ready before that is mended");
        stage.advance(Duration.ofSeconds(30));
        stage.exits("web/g2/w1", 143);

        assertThat(stage.report(reload).reason())
                .startsWith("web/g2/w1 (pid 102) was not ready within 30 s: nobody listens on tcp://127.0.0.1:80;");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void candidateThatCannotBeStartedFailsAtOnce() {
        Stage stage = Stage.serving(WEB);
        stage.refuseStarts("No such file or directory");

        RequestId reload = stage.reload(WEB.workers(2));

        ReloadReport report = stage.report(reload);
        assertThat(report.reason())
                .isEqualTo("web/g2/w1 could not be started: No such file or directory;"
                        + " generation 2 abandoned, generation 1 still serves");
        assertThat(report.phases()).extracting(Report.PhaseReport::end).containsExactly(PhaseEnd.NOT_STARTED);
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void candidateWorkerThatDiesAfterItWasReadyButBeforeItsSiblingsEndsTheWholeCandidate() {
        Stage stage = Stage.serving(WEB.workers(2));

        RequestId reload = stage.reload(WEB.workers(2));
        stage.ready("web/g2/w1");
        stage.exits("web/g2/w1", 139, "segfault");
        assertThat(stage.orders()).containsExactly("start web/g2/w1", "start web/g2/w2", "SIGTERM to web/g2/w2");
        assertThat(stage.isAnswered(reload)).isFalse();

        stage.ready("web/g2/w2");
        stage.exits("web/g2/w2", 143, "bye");
        ReloadReport report = stage.report(reload);
        assertThat(report.reason())
                .isEqualTo("web/g2/w1 (pid 103) exited with 139 (128 + signal 11) after it had been ready;"
                        + " generation 2 abandoned, generation 1 still serves");
        assertThat(report.lastLines()).containsExactly("segfault");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void servingWorkerThatDiesDuringAReloadIsRestartedAndTheReloadGoesOn() {
        Stage stage = Stage.serving(WEB.workers(2));

        RequestId reload = stage.reload(WEB);
        stage.exits("web/g1/w2", 1);
        stage.advance(Duration.ZERO);
        stage.ready("web/g1/w2", "web/g2/w1");
        stage.drains("web/g1/w1", "web/g1/w2");

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.COMPLETED);
    }

    @Test
    void aServingWorkerThatDiesDuringAReloadKeepsItFromBeingCalledLossless() {
        Stage stage = Stage.serving(WEB.workers(2));

        RequestId reload = stage.reload(WEB);
        stage.exits("web/g1/w2", 1);
        stage.advance(Duration.ZERO);
        stage.comesUp("web/g1/w2");
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1", "web/g1/w2");

        assertThat(stage.report(reload).ledger().orElseThrow().caveats())
                .singleElement()
                .asString()
                .matches(
                        "before the flip to generation 2: web/g1/w2 \\(pid \\d+\\) exited with 1 after it had been ready");
    }

    @Test
    void oneThatHadDiedBeforeTheReloadIsNoMatterOfTheReload() {
        Stage stage = Stage.serving(WEB.workers(2));
        stage.exits("web/g1/w2", 1);

        RequestId reload = stage.reload(WEB);
        stage.advance(Duration.ZERO);
        stage.comesUp("web/g1/w2");
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1", "web/g1/w2");

        assertThat(stage.report(reload).ledger().orElseThrow().caveats()).isEmpty();
    }

    @Test
    void whatTheOldWorkersSayOfTheirConnectionsIsToldBesideWhatTheKernelShows() {
        SpecDraft web = WEB.listen("tcp://127.0.0.1:80");
        Stage stage = Stage.serving(web.workers(2));
        stage.account("web/g1/w1", new DrainAccount(4, 1, 0, 0, 0, 0, List.of()));
        stage.account("web/g1/w2", new DrainAccount(0, 0, 1, 1, 0, 0, List.of()));
        stage.connections("web/g1/w1", 3);

        RequestId reload = stage.reload(web);
        stage.comesUp("web/g2/w1");
        stage.connections("web/g1/w1", 5); // what was in its accept queue
        stage.connections("web/g1/w2", 1);
        stage.connections("web/g1/w1", 0);
        stage.drains("web/g1/w1", "web/g1/w2");

        DrainReport drain = stage.report(reload).drain().orElseThrow();
        assertThat(drain.account()).isEqualTo(new DrainAccount(4, 1, 1, 1, 0, 0, List.of()));
        assertThat(drain.said()).contains(new DrainReport.Said(6, 0));
    }

    @Test
    void workersThatNeverToldOfConnectionsAreNotSaidToHaveHadNone() {
        SpecDraft web = WEB.listen("tcp://127.0.0.1:80");
        Stage stage = Stage.serving(web);

        RequestId reload = stage.reload(web);
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1");

        assertThat(stage.report(reload).drain().orElseThrow().said()).isEmpty();
    }

    @Test
    void reloadOfOneServiceTouchesNoOther() {
        Stage stage = Stage.serving(WEB, service("dns"));

        RequestId reload = stage.reloadOnly("dns", WEB.workers(9), service("dns"));
        assertThat(stage.orders()).containsExactly("start dns/g2/w1");
        stage.ready("dns/g2/w1");
        stage.drains("dns/g1/w1");

        assertThat(stage.report(reload).service()).hasToString("dns");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void reloadOfAllIsAnsweredOnceWithAReportForEachService() {
        Stage stage = Stage.serving(WEB, service("dns"));

        RequestId reload = stage.reload(WEB, service("dns"));
        stage.exits("dns/g2/w1", 1);
        assertThat(stage.isAnswered(reload)).isFalse();
        stage.ready("web/g2/w1");
        stage.drains("web/g1/w1");

        assertThat(stage.reports(reload))
                .extracting(report -> report.service() + " " + report.outcome())
                .containsExactlyInAnyOrder("dns FAILED", "web COMPLETED");
    }

    @Test
    void reloadThatNamesAnUnknownServiceChangesNothing() {
        Stage stage = Stage.serving(WEB);

        assertThat(stage.refusal(stage.reloadOnly("wbe", WEB)))
                .isEqualTo("UNKNOWN_SERVICE: there is no service wbe in the configuration; nothing was changed");
        assertThat(stage.orders()).isEmpty();
    }

    @Test
    void reloadThatMovesTheControlSocketIsRefused() {
        Stage stage = Stage.serving(WEB);
        Configuration here = Stage.configuration(WEB);
        Configuration moved =
                new Configuration(here.control().resolveSibling("other.sock"), here.state(), here.services());

        RequestId reload = stage.ask(new Request.Reload(moved, Optional.empty(), Stage.OPERATOR));

        assertThat(stage.refusal(reload)).startsWith("INVALID_CONFIGURATION: supervisor.control, supervisor.state and");
        assertThat(stage.orders()).isEmpty();
    }

    @Test
    void aServiceThatIsNewInTheConfigurationIsStarted() {
        Stage stage = Stage.serving(WEB);

        RequestId reload = stage.reload(WEB, service("dns"));
        stage.ready("dns/g1/w1", "web/g2/w1");
        stage.drains("web/g1/w1");

        assertThat(stage.reports(reload)).hasSize(2).allMatch(one -> one.outcome() == ReloadOutcome.COMPLETED);
        assertThat(stage.generations("dns")).containsExactly("1 SERVING");
    }

    @Test
    void aNewServiceThatFailsIsNotTriedAgainAndTheCallerHearsThatNothingServes() {
        Stage stage = Stage.serving(WEB);

        RequestId reload = stage.reload(WEB, service("dns"));
        stage.exits("dns/g1/w1", 1);
        stage.ready("web/g2/w1");
        stage.drains("web/g1/w1");

        assertThat(stage.reports(reload).get(0).reason()).endsWith("generation 1 abandoned, nothing serves");
        assertThat(stage.generations("dns")).isEmpty();
        assertThat(stage.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }
}
