package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When all are to stop, a service is told when those have stopped that come after it. */
class StopOrderTest {
    private static final SpecDraft DB = service("db");
    private static final SpecDraft WEB = service("web").after("db");

    private static Stage serving() {
        Stage stage = new Stage(DB, WEB).boot();
        stage.ready("db/g1/w1");
        stage.ready("web/g1/w1");
        stage.orders();
        return stage;
    }

    @Test
    void theOneThatComesAfterIsStoppedFirst() {
        Stage stage = serving();

        RequestId shutdown = stage.shutdown();
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to web/g1/w1");
        assertThat(stage.generations("db")).containsExactly("1 SERVING");
        assertThat(stage.log()).contains("INFO db serves until web has stopped");
        stage.drains("web/g1/w1");
        assertThat(stage.orders()).containsExactly("DRAIN 60 s to db/g1/w1");
        assertThat(stage.hasEnded()).isFalse();
        stage.drains("db/g1/w1");

        assertThat(stage.hasEnded()).isTrue();
        assertThat(stage.isAnswered(shutdown)).isTrue();
    }

    @Test
    void aGenerationThatDrainsStillIsWaitedForAsWell() {
        Stage stage = serving();
        stage.reloadOnly("web", DB, WEB);
        stage.ready("web/g2/w1");
        stage.orders();

        stage.shutdown();
        stage.drains("web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 DRAINING");
        assertThat(stage.generations("db")).containsExactly("1 SERVING");

        stage.drains("web/g1/w1");
        assertThat(stage.generations("db")).containsExactly("1 DRAINING");
    }

    @Test
    void oneThatServesUntilItsTurnIsKeptUp() {
        Stage stage = serving();
        stage.shutdown();
        stage.orders();

        stage.exits("db/g1/w1", 1);
        stage.advance(Duration.ZERO);

        assertThat(stage.orders()).containsExactly("start db/g1/w1");
    }

    @Test
    void eachWaitsForAllThatComeAfterItAndForNoOther() {
        Stage stage = new Stage(service("api").after("db"), DB, service("mail"), WEB).boot();
        stage.ready("db/g1/w1");
        stage.ready("api/g1/w1", "mail/g1/w1", "web/g1/w1");
        stage.orders();

        stage.shutdown();
        assertThat(stage.orders())
                .containsExactly("DRAIN 60 s to api/g1/w1", "DRAIN 60 s to mail/g1/w1", "DRAIN 60 s to web/g1/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.orders()).isEmpty();
        stage.drains("api/g1/w1");

        assertThat(stage.orders()).containsExactly("DRAIN 60 s to db/g1/w1");
    }

    @Test
    void oneThatDoesNotRunIsNotWaitedFor() {
        Stage stage = serving();
        stage.stop("web");
        stage.drains("web/g1/w1");
        stage.orders();

        stage.shutdown();

        assertThat(stage.orders()).containsExactly("DRAIN 60 s to db/g1/w1");
    }

    @Test
    void oneThatStillWaitsForItsStartIsNotStarted() {
        Stage stage = new Stage(DB).boot();
        RequestId reload = stage.reloadOnly("web", DB, WEB);

        stage.shutdown();
        stage.exits("db/g1/w1", 143);

        assertThat(stage.report(reload).outcome()).isEqualTo(ReloadOutcome.CANCELLED);
        assertThat(stage.orders()).noneMatch(order -> order.contains("web"));
        assertThat(stage.hasEnded()).isTrue();
    }

    @Test
    void stopNowWaitsForNobody() {
        Stage stage = serving();
        stage.shutdown();
        stage.orders();

        stage.happens(new Event.StopNow());

        assertThat(stage.orders()).contains("SIGTERM to db/g1/w1", "SIGTERM to web/g1/w1");
    }

    @Test
    void theNextSupervisorKnowsWhatItsServicesWereStartedFrom() {
        Stage next = serving().crash(DB, service("web")).adopt();
        next.orders();

        next.shutdown();

        assertThat(next.orders()).containsExactly("DRAIN 60 s to web/g1/w1");
    }

    @Test
    void filesThatWereReadAtDifferentTimesMakeNoCircleOfWhichNoneStops() {
        Stage stage = serving();
        stage.reloadOnly("db", DB.after("web"), service("web"));
        stage.ready("db/g2/w1");
        stage.drains("db/g1/w1");
        stage.orders();

        stage.shutdown();

        assertThat(stage.orders()).containsExactly("DRAIN 60 s to db/g2/w1", "DRAIN 60 s to web/g1/w1");
    }

    @Test
    void aStopOfOneServiceAsksNobodyElse() {
        Stage stage = serving();

        stage.stop("db");

        assertThat(stage.orders()).containsExactly("DRAIN 60 s to db/g1/w1");
    }
}
