package dev.handover.supervisor.core;

import static dev.handover.supervisor.terms.SpecDraft.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.HttpSpec;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.Total;
import dev.handover.supervisor.terms.Totals;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is counted of services, and that it outlives the supervisor. */
class TotalsTest {
    private static final SpecDraft WEB = service("web").listen("tcp://127.0.0.1:80");

    private static Totals totals(Stage stage) {
        return stage.status(stage.ask(new Request.Status(Optional.empty(), Optional.empty())))
                .get(0)
                .totals();
    }

    private static Stage handedOver() {
        Stage stage = Stage.serving(WEB).steering(Ledger.Mode.STEERED);
        stage.account("web/g1/w1", new DrainAccount(5, 4, 3, 2, 1, 0, List.of()));
        stage.reload(WEB);
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1");
        return stage;
    }

    @Test
    void aReloadIsCountedOnceWithAllThatItDid() {
        Totals counted = totals(handedOver());
        assertThat(counted.counts())
                .containsAllEntriesOf(Map.of(
                        Total.RELOADS_COMPLETED, 1L,
                        Total.RELOADS_BEGUN, 1L,
                        Total.FLIPS, 1L,
                        Total.NOT_LOSSLESS, 1L,
                        Total.FINISHED, 5L,
                        Total.CLOSED_WHILE_IDLE, 4L,
                        Total.CUT, 2L,
                        Total.EXITS_LEAVING, 1L))
                .doesNotContainKeys(Total.RELOADS_FAILED, Total.LOSSLESS, Total.RESTARTS, Total.ROLLBACKS);
    }

    @Test
    void aReloadThatFailsIsCountedAndWhatItsWorkersCameTo() {
        Stage stage = Stage.serving(WEB);
        stage.reload(WEB);
        stage.exits("web/g2/w1", 1);
        stage.exits("web/g1/w1", 1);
        assertThat(totals(stage).counts())
                .containsAllEntriesOf(Map.of(
                        Total.RELOADS_FAILED, 1L,
                        Total.EXITS_STARTING, 1L,
                        Total.EXITS_READY, 1L,
                        Total.RESTARTS, 1L))
                .doesNotContainKeys(Total.RELOADS_COMPLETED, Total.FLIPS);
    }

    @Test
    void theNextSupervisorCountsOn() {
        Stage before = handedOver();
        Totals counted = totals(before);
        Stage stage = before.crash().adopt();
        assertThat(totals(stage)).isEqualTo(counted);
        stage.exits("web/g2/w1", 1);
        assertThat(totals(stage)).isEqualTo(counted.plus(Total.EXITS_READY, 1).plus(Total.RESTARTS, 1));
    }

    @Test
    void aServiceThatIsRemovedIsForgotten() {
        Stage stage = handedOver();
        stage.reload(service("other"));
        stage.drains("web/g2/w1");
        stage.comesUp("other/g1/w1");
        assertThat(stage.memory().totals()).doesNotContainKey(new ServiceName("web"));
    }

    @Test
    void httpIsAnsweredWhereTheFileSaysFromTheStartAndAtEachReloadOfAll() {
        Stage stage = Stage.serving(WEB);
        assertThat(answered(stage)).containsExactly(Optional.empty());
        HttpSpec http = new HttpSpec(new HttpSpec.Unix(Path.of("/run/http.sock")), List.of());
        Configuration here = Stage.configuration(WEB);
        Configuration next = new Configuration(
                here.control(), here.state(), Optional.empty(), Optional.of(http), List.of(), here.services());
        stage.ask(new Request.Reload(next, Optional.of(new ServiceName("web")), "nobody"));
        assertThat(answered(stage)).hasSize(1);
        stage.ask(new Request.Reload(next, Optional.empty(), "nobody"));
        assertThat(answered(stage)).containsExactly(Optional.empty(), Optional.of(http));
    }

    private static List<Optional<HttpSpec>> answered(Stage stage) {
        return stage.effects().stream()
                .filter(Effect.AnswerHttp.class::isInstance)
                .map(effect -> ((Effect.AnswerHttp) effect).http())
                .toList();
    }
}
