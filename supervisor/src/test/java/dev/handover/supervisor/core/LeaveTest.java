package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A supervisor that is asked to end without its workers. */
class LeaveTest {
    private static final SpecDraft WEB = service("web");

    @Test
    void leavesAtOnceTellsNoWorkerAndTheNextOneGoesOn() {
        Stage stage = Stage.serving(WEB.workers(2));

        leave(stage);

        assertThat(stage.hasLeft()).isTrue();
        assertThat(stage.orders()).isEmpty();
        assertThat(stage.crash().adopt().generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void leavesInTheMiddleOfAReloadWhichTheNextOneEnds() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.ready("web/g2/w1");

        leave(stage);

        assertThat(stage.hasLeft()).isTrue();
        Stage next = stage.crash().adopt();
        next.drains("web/g1/w1");
        assertThat(next.generations("web")).containsExactly("2 SERVING");
    }

    @Test
    void doesNotLeaveBeforeItsStateIsSaved() {
        Stage stage = Stage.serving(WEB);
        stage.fillDisk(true);
        stage.reload(WEB);
        stage.ready("web/g2/w1");

        leave(stage);
        stage.advance(Duration.ofSeconds(5));
        assertThat(stage.hasLeft()).isFalse();

        stage.fillDisk(false);
        stage.advance(Duration.ofSeconds(2));
        assertThat(stage.hasLeft()).isTrue();
        assertThat(stage.crash().adopt().generations("web")).containsExactly("1 DRAINING", "2 SERVING");
    }

    @Test
    void doesNotLeaveAProcessThatItHasNotHeardOfYet() {
        Stage stage = Stage.serving(WEB);
        stage.holdStarts();
        stage.reload(WEB);

        leave(stage);
        stage.advance(Duration.ofSeconds(1));
        assertThat(stage.hasLeft()).isFalse();

        stage.reportStarts();
        stage.happens(new Event.Tick());
        assertThat(stage.hasLeft()).isTrue();
        assertThat(stage.crash().adopt().generations("web")).containsExactly("1 SERVING", "2 DRAINING");
    }

    @Test
    void aStopGoesBeforeIt() {
        Stage stage = Stage.serving(WEB);
        stage.shutdown();

        leave(stage);

        assertThat(stage.hasLeft()).isFalse();
        assertThat(stage.log()).anyMatch(line -> line.startsWith("WARN the supervisor is stopping"));
        stage.drains("web/g1/w1");
        assertThat(stage.hasEnded()).isTrue();
    }

    @Test
    void isAskedForTwiceAndLeavesOnce() {
        Stage stage = Stage.serving(WEB);

        stage.happens(new Event.LeaveAsked());
        leave(stage);
        stage.happens(new Event.Tick());

        assertThat(stage.effects().stream().filter(Effect.Leave.class::isInstance))
                .hasSize(1);
    }

    private static void leave(Stage stage) {
        stage.happens(new Event.LeaveAsked());
        stage.happens(new Event.Tick());
    }
}
