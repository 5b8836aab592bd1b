package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Plan;
import dev.handover.supervisor.terms.Plan.Action;
import dev.handover.supervisor.terms.Plan.Change;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SpecDraft;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a reload would do is said, and nothing is done. */
class PlanTest {
    private static final SpecDraft WEB = SpecDraft.service("web");
    private static final SpecDraft API = SpecDraft.service("api");

    private static List<Plan> plans(Stage stage, SpecDraft... services) {
        RequestId id = stage.ask(new Request.PlanReload(Stage.configuration(services), Optional.empty()));
        return stage.effects().stream()
                .filter(effect -> effect instanceof Effect.Answer answer
                        && answer.request().equals(id))
                .map(effect -> ((Reply.Planned) ((Effect.Answer) effect).reply()).plans())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsTheSameChangesNothing() {
        Stage stage = Stage.serving(WEB);
        int before = stage.effects().size();
        assertThat(plans(stage, WEB)).singleElement().satisfies(plan -> {
            assertThat(plan.action()).isEqualTo(Action.HAND_OVER);
            assertThat(plan.changesAnything()).isFalse();
        });
        assertThat(stage.effects().subList(before, stage.effects().size())).allMatch(Effect.Answer.class::isInstance);
    }

    @Test
    void whatIsNewWouldBeStartedWhatIsGoneRemovedAndWhatDiffersIsToldKeyByKey() {
        Stage stage = Stage.serving(WEB, API);
        assertThat(plans(stage, SpecDraft.service("web").workers(3), SpecDraft.service("new")))
                .containsExactlyInAnyOrder(
                        new Plan(
                                Stage.configuration(WEB).services().firstKey(),
                                Action.HAND_OVER,
                                List.of(new Change("workers", "1", "3"))),
                        new Plan(Stage.configuration(API).services().firstKey(), Action.REMOVE, List.of()),
                        new Plan(
                                Stage.configuration(SpecDraft.service("new"))
                                        .services()
                                        .firstKey(),
                                Action.START,
                                List.of()));
    }

    /** One that was forgotten would be told as another configuration, or not at all beside others. */
    @Test
    void everyKeyThatDiffersHasItsName() {
        Map<String, SpecDraft> others = Map.of(
                "max-generations", WEB.maxGenerations(4),
                "drain", WEB.drainBy(Signal.QUIT),
                "drain-spread", WEB.drainSpread(Duration.ofSeconds(10)),
                "drain-timeout", WEB.drainTimeout(Duration.ofSeconds(10)),
                "standby", WEB.standby(Duration.ofMinutes(2)),
                "heartbeat-timeout", WEB.heartbeat(Duration.ofSeconds(10)),
                "ready", WEB.readyWhenListening(),
                "workers", WEB.workers(7));
        others.forEach((key, other) -> assertThat(
                        plans(Stage.serving(WEB), other).get(0).changes())
                .extracting(Change::key)
                .as(key)
                .containsExactly(key));
    }

    @Test
    void servicesThatGiveAddressesToOneAnotherAreNamed() {
        Stage stage = Stage.serving(WEB.listen("tcp://127.0.0.1:80"), API.listen("tcp://127.0.0.1:81"));
        stage.ask(new Request.PlanReload(
                Stage.configuration(WEB.listen("tcp://127.0.0.1:81"), API.listen("tcp://127.0.0.1:80")),
                Optional.empty()));

        assertThat(stage.effects())
                .filteredOn(effect -> effect instanceof Effect.Answer answer
                        && answer.reply() instanceof Reply.Planned planned
                        && planned.warnings()
                                .contains(
                                        "api and web give addresses to one another, and would be handed over together"))
                .hasSize(1);
    }
}
