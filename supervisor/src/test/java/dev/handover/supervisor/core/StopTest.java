package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Services and the supervisor that are told to stop, and services that are started again. */
class StopTest {
    private static final SpecDraft WEB = service("web");
    private static final SpecDraft DNS = service("dns");

    @Test
    void aServiceThatIsStoppedDrainsAndThenItsCallerHears() {
        Stage stage = Stage.serving(WEB, DNS);

        RequestId stop = stage.stop("web");
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to web/g1/w1");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPING);
        assertThat(stage.isAnswered(stop)).isFalse();

        stage.drains("web/g1/w1");
        assertThat(stage.answer(stop)).isEqualTo(new Reply.Stopped(new ServiceName("web"), Optional.empty()));
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPED);
        assertThat(stage.service("dns").state()).isEqualTo(ServiceState.RUNNING);
        assertThat(stage.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoStopsAServiceHearsWhatItsDrainCut() {
        Stage stage = Stage.serving(WEB.listen("tcp://127.0.0.1:80"));
        stage.account("web/g1/w1", new DrainAccount(3, 1, 0, 2, 0, 0, List.of("one ended unseen")));

        RequestId stop = stage.stop("web");
        stage.drains("web/g1/w1");

        DrainReport drain = ((Reply.Stopped) stage.answer(stop)).drain().orElseThrow();
        assertThat(drain.account()).isEqualTo(new DrainAccount(3, 1, 0, 2, 0, 0, List.of("one ended unseen")));
        assertThat(((Reply.Stopped) stage.answer(stage.stop("web"))).drain())
                .as("nothing drained for this one")
                .isEmpty();
    }

    @Test
    void stopTwiceIsAnsweredTwice() {
        Stage stage = Stage.serving(WEB);

        RequestId first = stage.stop("web");
        RequestId second = stage.stop("web");
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to web/g1/w1");
        stage.drains("web/g1/w1");
        RequestId third = stage.stop("web");

        assertThat(stage.answer(first)).isInstanceOf(Reply.Stopped.class);
        assertThat(stage.answer(second)).isInstanceOf(Reply.Stopped.class);
        assertThat(stage.answer(third)).isInstanceOf(Reply.Stopped.class);
    }

    @Test
    void aStoppedServiceStartsAgainWithTheNextGeneration() {
        Stage stage = Stage.serving(WEB);
        stage.stop("web");
        stage.drains("web/g1/w1");

        RequestId start = stage.start("web", WEB);
        stage.ready("web/g2/w1");

        assertThat(stage.answer(start)).isEqualTo(new Reply.Started(new ServiceName("web"), new GenerationId(2)));
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void aStartThatFailsSaysWhyAndLeavesTheServiceStopped() {
        Stage stage = Stage.serving(WEB);
        stage.stop("web");
        stage.drains("web/g1/w1");

        RequestId start = stage.start("web", WEB);
        stage.exits("web/g2/w1", 1);

        assertThat(stage.refusal(start))
                .isEqualTo("FAILED: web/g2/w1 (pid 102) exited with 1 before it was ready;"
                        + " generation 2 abandoned, nothing serves");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPED);
        stage.advance(Duration.ofMinutes(5));
        assertThat(stage.orders()).endsWith("start web/g2/w1");
    }

    @Test
    void startOfAServiceThatRunsChangesNothing() {
        Stage stage = Stage.serving(WEB);

        assertThat(stage.answer(stage.start("web", WEB)))
                .isEqualTo(new Reply.Started(new ServiceName("web"), new GenerationId(1)));
        assertThat(stage.orders()).isEmpty();
    }

    @Test
    void aStoppedServiceStaysSoWhenAllAreReloaded() {
        Stage stage = Stage.serving(WEB, DNS);
        stage.stop("web");
        stage.drains("web/g1/w1");

        RequestId all = stage.reload(WEB, DNS);
        stage.ready("dns/g2/w1");
        stage.drains("dns/g1/w1");

        assertThat(stage.reports(all)).hasSize(2).allMatch(one -> one.outcome() == ReloadOutcome.COMPLETED);
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPED);

        RequestId named = stage.reloadOnly("web", WEB, DNS);
        assertThat(stage.report(named).outcome())
                .as("what was asked for was not done")
                .isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.generations("web")).isEmpty();
    }

    @Test
    void aServiceWithoutAutostartWaitsForItsStart() {
        SpecDraft manual = WEB.listen("tcp://127.0.0.1:80").withoutAutostart();
        Stage stage = new Stage(manual, DNS).boot();
        stage.comesUp("dns/g1/w1");

        assertThat(stage.announced().standing()).isEqualTo(Effect.Standing.READY);
        assertThat(stage.generations("web")).isEmpty();
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPED);
        assertThat(stage.service("web").reason()).isEqualTo("autostart is false; supervisorctl start starts it");
        assertThat(stage.log()).contains("INFO web is not started: autostart is false; supervisorctl start starts it");

        RequestId named = stage.reloadOnly("web", manual, DNS);
        assertThat(stage.report(named).outcome()).isEqualTo(ReloadOutcome.FAILED);
        assertThat(stage.report(named).reason())
                .isEqualTo(
                        "web is stopped, and stays so; supervisorctl start web starts it from the new configuration");
        RequestId all = stage.reload(manual, DNS);
        stage.comesUp("dns/g2/w1");
        stage.drains("dns/g1/w1");
        assertThat(stage.reports(all)).hasSize(2).allMatch(one -> one.outcome() == ReloadOutcome.COMPLETED);
        assertThat(stage.generations("web")).isEmpty();

        RequestId start = stage.start("web", manual, DNS);
        stage.comesUp("web/g1/w1");
        assertThat(stage.answer(start)).isEqualTo(new Reply.Started(new ServiceName("web"), new GenerationId(1)));
        stage.reloadOnly("web", manual, DNS);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");
    }

    @Test
    void aReloadThatBringsAutostartStartsAServiceAndOneWithoutBringsItStopped() {
        Stage stage = Stage.serving(DNS);

        stage.reload(DNS, WEB.withoutAutostart());
        stage.comesUp("dns/g2/w1");
        stage.drains("dns/g1/w1");
        assertThat(stage.service("web").state()).isEqualTo(ServiceState.STOPPED);
        assertThat(stage.service("web").reason()).isEqualTo("autostart is false; supervisorctl start starts it");

        stage.reload(DNS, WEB);
        assertThat(stage.generations("web")).containsExactly("1 STARTING");
    }

    @Test
    void theAddressesOfAServiceThatWaitsForItsStartAreAnothers() {
        SpecDraft manual = WEB.listen("tcp://127.0.0.1:80").withoutAutostart();
        Stage stage = Stage.serving(DNS.listen("tcp://127.0.0.1:80"));

        stage.reload(manual, DNS);
        assertThat(stage.log())
                .contains("WARN nobody serves tcp://127.0.0.1:80 any more after this: dns does until then, and new"
                        + " connections to it will be refused");
    }

    @Test
    void aStartThatFailedIsNotTriedAgainByAReload() {
        SpecDraft manual = WEB.withoutAutostart();
        Stage stage = new Stage(manual).boot();
        stage.start("web", manual);
        stage.exits("web/g1/w1", 1);
        assertThat(stage.service("web").reason()).contains("exited with 1");

        stage.reload(manual);
        assertThat(stage.generations("web")).isEmpty();
    }

    @Test
    void aServiceThatIsGoneFromTheConfigurationIsDrainedAndForgotten() {
        Stage stage = Stage.serving(WEB, DNS);

        RequestId reload = stage.reload(DNS);
        stage.ready("dns/g2/w1");
        stage.drains("dns/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING");
        assertThat(stage.isAnswered(reload)).isFalse();
        stage.drains("web/g1/w1");

        assertThat(stage.reports(reload))
                .extracting(Report.ReloadReport::reason)
                .contains("web is removed");
        assertThat(stage.services()).extracting(one -> one.service().value()).containsExactly("dns");
        assertThat(stage.refusal(stage.stop("web")))
                .isEqualTo("UNKNOWN_SERVICE: there is no service web; there is dns");
    }

    @Test
    void aServiceThatIsRemovedWhileItsOldGenerationDrainsIsCountedAtOnceWhicheverGoesLast() {
        SpecDraft web = WEB.listen("tcp://127.0.0.1:80");
        Stage stage = Stage.serving(web, DNS);
        stage.reloadOnly("web", web, DNS);
        stage.comesUp("web/g2/w1");
        RequestId removal = stage.reload(DNS);
        stage.ready("dns/g2/w1");

        stage.drains("dns/g1/w1", "web/g2/w1", "web/g1/w1");

        assertThat(stage.reports(removal))
                .filteredOn(report -> report.service().equals(new ServiceName("web")))
                .singleElement()
                .satisfies(report -> assertThat(report.ledger()).isPresent());
    }

    @Test
    void aRemovedServiceThatComesBackGoesOnWithItsNumbers() {
        Stage stage = Stage.serving(WEB, DNS);
        stage.reload(DNS);
        stage.ready("dns/g2/w1");
        stage.drains("dns/g1/w1", "web/g1/w1");

        stage.reload(WEB, DNS);

        assertThat(stage.generations("web")).containsExactly("2 STARTING");
    }

    @Test
    void statusShowsAllServicesOrTheOneThatIsNamed() {
        Stage stage = Stage.serving(WEB.workers(2), DNS);

        RequestId one = stage.ask(new Request.Status(Optional.of(new ServiceName("web")), Optional.empty()));
        RequestId unknown = stage.ask(new Request.Status(Optional.of(new ServiceName("wbe")), Optional.empty()));

        assertThat(stage.status(one)).singleElement().satisfies(web -> {
            assertThat(web.state()).isEqualTo(ServiceState.RUNNING);
            assertThat(web.serving()).contains(new GenerationId(1));
            assertThat(web.generations().get(0).workers()).hasSize(2);
        });
        assertThat(stage.services()).hasSize(2);
        assertThat(stage.refusal(unknown)).isEqualTo("UNKNOWN_SERVICE: there is no service wbe; there is dns, web");
    }

    @Test
    void shutdownDrainsEveryServiceAndEndsTheSupervisorAfterTheLast() {
        Stage stage = Stage.serving(WEB, DNS);

        RequestId first = stage.shutdown();
        RequestId second = stage.shutdown();
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to dns/g1/w1", "DRAIN 60 s to web/g1/w1");
        assertThat(stage.announced().standing()).isEqualTo(Effect.Standing.STOPPING);
        stage.drains("web/g1/w1");
        assertThat(stage.hasEnded()).isFalse();
        stage.drains("dns/g1/w1");

        assertThat(stage.hasEnded()).isTrue();
        assertThat(stage.answer(first)).isEqualTo(new Reply.ShutDown());
        assertThat(stage.answer(second)).isEqualTo(new Reply.ShutDown());
        assertThat(stage.memory().generations()).isEmpty();
    }

    @Test
    void shutdownEndsAWorkerThatDoesNotDrainByTermThenKill() {
        Stage stage = Stage.serving(WEB);

        stage.shutdown();
        stage.advance(Duration.ofSeconds(65));
        assertThat(stage.orders())
                .containsExactly("DRAIN 60 s to web/g1/w1", "SIGTERM to web/g1/w1", "SIGKILL to web/g1/w1");
        stage.exits("web/g1/w1", 137);

        assertThat(stage.hasEnded()).isTrue();
    }

    @Test
    void shutdownDuringTheFirstStartEndsIt() {
        Stage stage = new Stage(WEB.workers(2)).boot();
        stage.exits("web/g1/w2", 1);
        stage.exits("web/g1/w2", 1); // waits for its restart

        stage.shutdown();
        stage.exits("web/g1/w1", 143);

        assertThat(stage.hasEnded()).isTrue();
    }

    @Test
    void theSecondStopDoesNotWaitForTheDrainAndTheThirdNotForTheGrace() {
        Stage stage = Stage.serving(WEB);
        stage.shutdown();
        stage.orders();

        stage.happens(new Event.StopNow());
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
        stage.happens(new Event.StopNow());
        assertThat(stage.orders()).containsExactly("SIGKILL to web/g1/w1");
        stage.exits("web/g1/w1", 137);

        assertThat(stage.hasEnded()).isTrue();
    }

    @Test
    void stopNowWithoutAStopBeforeItEndsTheSupervisorToo() {
        Stage stage = Stage.serving(WEB);

        stage.happens(new Event.StopNow());
        stage.exits("web/g1/w1", 143);

        assertThat(stage.orders())
                .as("what is left of it may not finish either")
                .containsExactly("SIGTERM to web/g1/w1", "SIGKILL to web/g1/w1");
        assertThat(stage.hasEnded()).isTrue();
    }

    @Test
    void aWorkerWhoseStartIsNotYetReportedIsEndedAsSoonAsItIs() {
        Stage stage = new Stage(WEB).boot();
        stage.exits("web/g1/w1", 1);
        stage.exits("web/g1/w1", 1);
        stage.holdStarts();
        stage.advance(Duration.ofMillis(200));

        stage.shutdown();
        assertThat(stage.hasEnded()).isFalse();
        stage.reportStarts();

        assertThat(stage.orders()).endsWith("start web/g1/w1", "SIGTERM to web/g1/w1");
        stage.exits("web/g1/w1", 143);
        assertThat(stage.hasEnded()).isTrue();
    }

    @Test
    void aStartThatFailsTellsTheWorkersLastLines() {
        Stage stage = Stage.serving(WEB);
        stage.stop("web");
        stage.exits("web/g1/w1", 0);

        RequestId start = stage.start("web", WEB);
        stage.exits("web/g2/w1", 3, "no database");

        assertThat(stage.answer(start)).isInstanceOfSatisfying(Reply.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Reply.Reason.FAILED);
            assertThat(refused.message())
                    .contains("exited with 3 before it was ready")
                    .endsWith("its last lines:\nno database");
        });
    }
}
