package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SpecDraft;
import org.junit.jupiter.api.Test;

/** Signals that people send to workers. */
class SignallingTest {
    private static final SpecDraft WEB = service("web").workers(2);

    @Test
    void aSignalGoesToEachWorkerOfTheGenerationThatServes() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);

        RequestId hup = stage.signal("web", Signal.HUP, null, null);
        assertThat(stage.signalled(hup))
                .containsExactly("SIGHUP to MAIN of web/g1/w1 as 101", "SIGHUP to MAIN of web/g1/w2 as 102");
        assertThat(stage.log()).contains("INFO SIGHUP to web generation 1, asked for by " + Stage.OPERATOR);

        stage.ready("web/g2/w1", "web/g2/w2");
        assertThat(stage.signalled(stage.signal("web", Signal.HUP, 2, null)))
                .containsExactly("SIGHUP to MAIN of web/g2/w2 as 104");
        assertThat(stage.signalled(stage.signal("web", Signal.USR1, 1, 1)))
                .as("one that drains, as it was named")
                .containsExactly("SIGUSR1 to MAIN of web/g1/w1 as 101");
    }

    @Test
    void aWholeProcessGroupGetsItWhereSignalsGoThere() {
        Stage stage = Stage.serving(service("web").signalsToGroup());
        assertThat(stage.signalled(stage.signal("web", Signal.WINCH, null, null)))
                .containsExactly("SIGWINCH to GROUP of web/g1/w1 as 101");
    }

    @Test
    void aWorkerThatIsBeingStartedAgainIsSaidToMissIt() {
        Stage stage = Stage.serving(WEB);
        stage.refuseStarts("no such file");
        stage.exits("web/g1/w2", 1);
        assertThat(stage.signalled(stage.signal("web", Signal.USR2, null, null)))
                .containsExactly("SIGUSR2 to MAIN of web/g1/w1 as 101", "web/g1/w2 is absent");
    }

    @Test
    void whatTellsAWorkerToEndIsRefusedAndNobodyGetsAnything() {
        Stage stage = Stage.serving(service("web").drainBy(Signal.QUIT), service("api"));
        assertThat(stage.refusal(stage.signal("web", Signal.QUIT, null, null)))
                .startsWith("FAILED: web generation 1 drains by SIGQUIT, and ")
                .endsWith("; nothing was sent");
        assertThat(stage.refusal(stage.signal("web", Signal.TERM, null, null)))
                .startsWith("FAILED: web generation 1 is stopped by SIGTERM, and ");
        assertThat(stage.signalled(stage.signal("api", Signal.QUIT, null, null)))
                .as("of a service that has it mean something else")
                .containsExactly("SIGQUIT to MAIN of api/g1/w1 as 101");
    }

    @Test
    void whoIsNotThereIsSaid() {
        Stage stage = Stage.serving(WEB);
        assertThat(stage.refusal(stage.signal("web", Signal.HUP, 3, null)))
                .isEqualTo("FAILED: web generation 1 has 2 workers, and no worker 3; nothing was sent");
        assertThat(stage.refusal(stage.signal("web", Signal.HUP, null, 7)))
                .isEqualTo("FAILED: there is no generation 7 of web now; nothing was sent");
        assertThat(stage.refusal(stage.signal("mail", Signal.HUP, null, null))).startsWith("UNKNOWN_SERVICE: ");
        stage.stop("web");
        stage.drains("web/g1/w1", "web/g1/w2");
        assertThat(stage.refusal(stage.signal("web", Signal.HUP, null, null)))
                .isEqualTo("FAILED: web has no generation that serves; nothing was sent");
    }
}
