package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.Served;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SpecDraft;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A reload in which addresses go from one service to another, or to nobody. */
class TakeoverTest {
    private static final String ONE = "tcp://127.0.0.1:80";
    private static final String OTHER = "tcp://127.0.0.1:81";
    private static final SpecDraft WEB = SpecDraft.service("web").listen(ONE);
    private static final SpecDraft SITE = SpecDraft.service("site").listen(ONE);

    private static String accepted(Stage stage) {
        return stage.effects().stream()
                .filter(Effect.Accept.class::isInstance)
                .map(effect -> ((Effect.Accept) effect).text())
                .reduce("", (first, last) -> last);
    }

    @Test
    void serviceThatGoesServesUntilTheOneThatTakesItsAddressDoesAndThenRunsEmpty() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(SITE);
        assertThat(accepted(stage)).isEqualTo("reload of site, web");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.orders()).noneMatch(order -> order.startsWith("DRAIN"));

        stage.steering(null);
        stage.comesUp("site/g1/w1");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        stage.happens(new Event.Steered(new ServiceName("site"), new GenerationId(1), Mode.STEERED, ""));
        assertThat(stage.generations("web")).containsExactly("1 QUIESCING");
        assertThat(stage.orders()).noneMatch(order -> order.startsWith("DRAIN"));
        stage.happens(new Event.Quiesced(new ServiceName("web"), new GenerationId(1), true, ""));
        assertThat(stage.generations("web")).containsExactly("1 DRAINING");
        stage.steering(Mode.STEERED).drains("web/g1/w1");
        assertThat(stage.reports(reload))
                .allSatisfy(report -> assertThat(report.outcome()).isEqualTo(ReloadOutcome.COMPLETED))
                .allSatisfy(report -> assertThat(report.unserved()).isEmpty());
    }

    @Test
    void whatARenamedServicesDrainCutIsTheVerdictOfItsEnd() {
        Stage stage = Stage.serving(WEB);
        stage.account("web/g1/w1", new DrainAccount(0, 0, 0, 5, 0, 0, List.of()));
        RequestId reload = stage.reload(SITE);
        stage.comesUp("site/g1/w1");
        stage.steering(null).drains("web/g1/w1");
        assertThat(stage.isAnswered(reload)).as("its figures are not known").isFalse();

        Ledger figures = new Ledger(Mode.STEERED, "", List.of(), Ledger.Counters.ZERO, List.of());
        stage.happens(new Event.Released(new ServiceName("web"), new GenerationId(1), figures));

        assertThat(stage.reports(reload))
                .filteredOn(report -> report.service().equals(new ServiceName("web")))
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.ledger().orElseThrow().verdict()).isEqualTo("not lossless: 5 connections cut");
                    assertThat(report.drain().orElseThrow().account().cut()).isEqualTo(5);
                });
    }

    @Test
    void whoRemovesAServiceIsAnsweredThoughItsFiguresNeverCome() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(SITE);
        stage.comesUp("site/g1/w1");
        stage.steering(null).drains("web/g1/w1");
        stage.advance(Handover.STEERING_LIMIT);
        assertThat(stage.reports(reload)).hasSize(2).allMatch(report -> report.outcome() == ReloadOutcome.COMPLETED);
    }

    @Test
    void addressThatAWildcardCoversIsNotLostAndItsClientsAreSaidToWait() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(SpecDraft.service("web").listen("tcp://0.0.0.0:80"));
        assertThat(accepted(stage))
                .isEqualTo("reload of web\nnew connections to " + ONE + " go to tcp://0.0.0.0:80 when the listeners of"
                        + " web there are gone, and wait meanwhile if these have to drain");
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.report(reload).unserved()).isEmpty();
    }

    @Test
    void ofAWildcardThatBecomesOneAddressTheOthersAreNamedAsLost() {
        Stage stage = Stage.serving(SpecDraft.service("web").listen("tcp://[::]:80?dual-stack"));
        RequestId reload = stage.reload(WEB);
        assertThat(accepted(stage).lines())
                .containsExactly(
                        "reload of web",
                        "nobody serves tcp://[::]:80?dual-stack any more after this, but for what comes to " + ONE
                                + ": web does until then, and new connections to it will be refused",
                        "new connections to " + ONE
                                + " go to web as soon as it listens there, before it is ready: to the"
                                + " kernel that is more particular than tcp://[::]:80?dual-stack, which has them now");
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.report(reload).unserved())
                .singleElement()
                .satisfies(gap -> assertThat(gap.remaining()).containsExactly(ListenAddress.parse(ONE)));
    }

    @Test
    void serviceWhoseAddressAWildcardOfAnotherCoversServesUntilThatDoes() {
        Stage stage = Stage.serving(WEB);
        stage.reload(SpecDraft.service("site").listen("tcp://0.0.0.0:80"));
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        stage.comesUp("site/g1/w1");
        assertThat(stage.generations("web")).doesNotContain("1 SERVING");
    }

    @Test
    void oneThatNeverServedMayBeRenamed() {
        Stage stage = new Stage(WEB).boot();
        stage.exits("web/g1/w1", 1);

        RequestId reload = stage.reload(SITE);
        stage.comesUp("site/g1/w1");
        stage.exits("web/g1/w1", 143);

        assertThat(stage.reports(reload)).hasSize(2).allMatch(report -> report.outcome() == ReloadOutcome.COMPLETED);
    }

    @Test
    void serviceStaysWhenTheOneThatWasToTakeItsAddressFails() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(SITE);
        stage.exits("site/g1/w1", 1, "no luck");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
        assertThat(stage.reports(reload)).hasSize(2).allSatisfy(report -> {
            assertThat(report.outcome()).isEqualTo(ReloadOutcome.FAILED);
            assertThat(report.reason()).contains("site/g1/w1", "exited with 1");
        });
    }

    @Test
    void servicesThatSwapAddressesAreFlippedTogetherOrNotAtAll() {
        SpecDraft site = SpecDraft.service("site").listen(OTHER);
        Stage stage = Stage.serving(WEB, site);
        RequestId swap = stage.reload(SpecDraft.service("web").listen(OTHER), SITE);
        stage.comesUp("web/g2/w1");
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STARTING");
        stage.exits("site/g2/w1", 1);
        assertThat(stage.generations("web")).containsExactly("1 SERVING", "2 STOPPING");
        stage.exits("web/g2/w1", 143);
        assertThat(stage.reports(swap))
                .allSatisfy(report -> assertThat(report.outcome()).isEqualTo(ReloadOutcome.FAILED))
                .anySatisfy(report -> assertThat(report.phases().get(0).end()).isEqualTo(PhaseEnd.TAKEOVER_FAILED));

        stage.reload(SpecDraft.service("web").listen(OTHER), SITE);
        stage.comesUp("site/g3/w1");
        assertThat(stage.generations("site")).containsExactly("1 SERVING", "3 STARTING");
        stage.comesUp("web/g3/w1");
        assertThat(stage.generations("site")).last().isEqualTo("3 SERVING");
        assertThat(stage.generations("web")).last().isEqualTo("3 SERVING");
    }

    @Test
    void addressThatNobodyWillServeIsNamedBeforeAndInTheResult() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reload(SpecDraft.service("web").listen(OTHER));
        assertThat(accepted(stage))
                .isEqualTo("reload of web\nnobody serves " + ONE + " any more after this: web does until then, and new"
                        + " connections to it will be refused");
        assertThat(stage.orders()).noneMatch(order -> order.startsWith("DRAIN"));
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.report(reload).unserved())
                .isEqualTo(List.of(new Served.Gap(ListenAddress.parse(ONE), List.of())));
    }

    @Test
    void addressOfAServiceThatIsNotReloadedIsNotTakenFromIt() {
        Stage stage = Stage.serving(WEB);
        RequestId reload = stage.reloadOnly("site", SITE);
        assertThat(stage.refusal(reload))
                .isEqualTo("FAILED: " + ONE + " is to be site's, and web serves it and is left as it is;"
                        + " supervisorctl reload, without a name, moves it; nothing was changed");
        assertThat(stage.generations("web")).containsExactly("1 SERVING");
    }

    @Test
    void aReloadThatIsRefusedForAnAddressStaysVisible() {
        Stage stage = Stage.serving(WEB, SITE.listen(OTHER));
        String refusal = stage.refusal(stage.reloadOnly("site", SITE));
        assertThat(stage.service("site").lastReload())
                .hasValueSatisfying(last -> assertThat(refusal).isEqualTo("FAILED: " + last.reason()));
        assertThat(stage.service("web").lastReload()).isEmpty();
    }

    @Test
    void newerReloadThatHasTheServiceAgainKeepsIt() {
        Stage stage = Stage.serving(WEB);
        RequestId first = stage.reload(SITE);
        stage.reload(WEB);
        stage.exits("site/g1/w1", 143);
        assertThat(stage.reports(first))
                .anySatisfy(report -> assertThat(report.outcome()).isEqualTo(ReloadOutcome.REPLACED));
        stage.comesUp("web/g2/w1");
        stage.drains("web/g1/w1");
        assertThat(stage.generations("web")).containsExactly("2 SERVING");
    }
}
