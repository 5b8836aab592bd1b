package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Report.WorkerStatus;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A worker that asks for more time than is configured: 30 s to start, 60 s to drain. */
class ExtensionTest {
    private static final SpecDraft WEB = service("web");
    private static final String OLD = "web/g1/w1";
    private static final String NEW = "web/g2/w1";

    private static Duration seconds(long number) {
        return Duration.ofSeconds(number);
    }

    private static WorkerStatus status(Stage stage, String worker) {
        return stage.worker(worker);
    }

    @Test
    void aStartEndsNoSoonerThanItAskedFor() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(WEB);
        stage.advance(seconds(25));
        stage.asksForTime(NEW, seconds(20));
        assertThat(status(stage, NEW).extended()).isEqualTo(seconds(15));
        stage.advance(seconds(19));
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");
        stage.asksForTime(NEW, seconds(10));
        stage.advance(seconds(9));
        stage.ready(NEW);
        assertThat(status(stage, NEW).extended()).as("it is no matter any more").isZero();
        stage.exits(OLD, 0);
        assertThat(stage.report(reload).to()).isPresent();
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void whoAsksForLessThanIsLeftLosesNothing() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.asksForTime(NEW, seconds(1));
        assertThat(status(stage, NEW).extended()).isZero();
        stage.advance(seconds(29));
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");
    }

    @Test
    void aStartThatTakesLongerAllTheSameIsEndedAndSaysWhatItHad() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.advance(seconds(20));
        stage.asksForTime(NEW, seconds(20));
        stage.advance(seconds(20));
        assertThat(stage.log()).anyMatch(line -> line.contains("web/g2/w1 (pid 102) was not ready within 40 s"));
    }

    @Test
    void inAllItIsAnHourMoreAtMost() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.asksForTime(NEW, Duration.ofDays(300));
        stage.advance(Duration.ofMinutes(50));
        stage.asksForTime(NEW, Duration.ofMinutes(50));
        assertThat(status(stage, NEW).extended()).isEqualTo(Duration.ofHours(1));
        stage.advance(Duration.ofMinutes(10).plusSeconds(30));
        assertThat(stage.log()).anyMatch(line -> line.contains("was not ready within 3630 s"));
    }

    @Test
    void aDrainEndsNoSoonerThanItAskedFor() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.ready(NEW);
        stage.orders();
        stage.advance(seconds(50));
        stage.asksForTime(OLD, seconds(30));
        assertThat(status(stage, OLD).extended()).isEqualTo(seconds(20));
        stage.advance(seconds(29));
        assertThat(stage.orders()).isEmpty();
        stage.advance(seconds(1));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
        stage.asksForTime(OLD, seconds(30));
        stage.advance(seconds(5));
        assertThat(stage.orders()).as("the grace is nobody's to extend").containsExactly("SIGKILL to web/g1/w1");
    }

    @Test
    void whoIsDoneHasNoMoreTimeThanTheGrace() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.ready(NEW);
        stage.done(OLD);
        stage.asksForTime(OLD, seconds(30));
        stage.orders();
        stage.advance(seconds(5));
        assertThat(stage.orders()).containsExactly("SIGTERM to web/g1/w1");
    }

    @Test
    void whoStopsOfItsOwnAccordMayAskToo() {
        Stage stage = Stage.serving(WEB);
        stage.leaves(OLD);
        stage.orders();
        stage.advance(seconds(59));
        stage.asksForTime(OLD, seconds(10));
        stage.advance(seconds(9));
        assertThat(stage.orders()).isEmpty();
        stage.advance(seconds(1));
        assertThat(stage.orders()).containsExactly("SIGKILL to web/g1/w1");
    }

    @Test
    void whoServesHasNoDeadlineToMove() {
        Stage stage = Stage.serving(WEB);
        stage.asksForTime(OLD, seconds(30));
        assertThat(status(stage, OLD).extended()).isZero();
        assertThat(stage.log()).contains("DEBUG web/g1/w1 (pid 101) asks for 30 s while it is READY: nothing changes");
    }
}
