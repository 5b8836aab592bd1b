package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.SpecDraft;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes of the command that tells how a canary fares. */
@Timeout(60)
class MetricCommandTest {
    private static final MetricSpec METRIC =
            new MetricSpec(List.of("./rate", "--below", "1%"), Duration.ofSeconds(10), Duration.ofSeconds(5), 2);

    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>();

    private Event.MetricSeen seen(ServiceCommand command) throws InterruptedException {
        new MetricCommand(command, inbox::add)
                .ask(new Effect.AskMetric(
                        new GenerationId(8),
                        4,
                        METRIC,
                        new GenerationId(7),
                        new CanaryShare(List.of(), Percentage.parse("10%")),
                        SpecDraft.service("web").spec()));
        Event answer = inbox.poll(30, TimeUnit.SECONDS);
        assertThat(answer).isInstanceOf(Event.MetricSeen.class);
        Event.MetricSeen seen = (Event.MetricSeen) answer;
        assertThat(seen.generation()).isEqualTo(new GenerationId(8));
        assertThat(seen.number()).isEqualTo(4);
        return seen;
    }

    @Test
    void itKnowsWhichGenerationsAreMeantAndWhatShareTheCanaryHas() throws Exception {
        Event.MetricSeen seen = seen((worker, service, command, variables, limit) -> {
            assertThat(worker).hasToString("web/g8/metric");
            assertThat(command).isEqualTo(METRIC.command());
            assertThat(variables).isEqualTo(Map.of("HANDOVER_SERVING_GENERATION", "7", "HANDOVER_CANARY_SHARE", "10%"));
            assertThat(limit).isEqualTo(METRIC.timeout());
            return new Errands.Ended(new Exit.Code(0), null, "0.1%");
        });
        assertThat(seen.answer()).isEqualTo(HealthAnswer.AS_EXPECTED);
    }

    @Test
    void itFailsWhereItExitsOtherwiseOrTakesTooLong() throws Exception {
        Event.MetricSeen failed = seen((worker, service, command, variables, limit) ->
                new Errands.Ended(new Exit.Code(1), null, "error rate 7%"));
        assertThat(failed.answer()).isEqualTo(HealthAnswer.OTHERWISE);
        assertThat(failed.text()).isEqualTo("the command './rate' exited with 1: 'error rate 7%'");

        Event.MetricSeen late = seen((worker, service, command, variables, limit) ->
                new Errands.Ended(new Exit.Killed("SIGKILL", false), limit, ""));
        assertThat(late.answer()).isEqualTo(HealthAnswer.OTHERWISE);
        assertThat(late.text()).isEqualTo("the command './rate' was not done within 5 s");
    }

    @Test
    void whereItCanNotBeStartedNothingIsKnown() throws Exception {
        Event.MetricSeen none = seen((worker, service, command, variables, limit) -> {
            throw new IOException("there is no program './rate'");
        });
        assertThat(none.answer()).isEqualTo(HealthAnswer.NOT_ASKED);
        assertThat(none.text()).isEqualTo("the command './rate' could not be run: there is no program './rate'");
    }
}
