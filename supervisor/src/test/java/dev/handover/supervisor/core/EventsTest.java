package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.EveryKind;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Each kind of event and of request there is has its branch. */
class EventsTest {
    /** One whose worker runs as the very process that the events are about. */
    private static Supervisor running() {
        WorkerId worker = EveryKind.valueOf(WorkerId.class);
        GenerationId before = new GenerationId(worker.generation().number() - 1);
        Supervisor supervisor = new Supervisor(EveryKind.valueOf(Configuration.class));
        supervisor.boot(
                new Memory(
                        new TreeMap<>(Map.of(worker.service(), before)),
                        List.of(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        new TreeMap<>()),
                0,
                Instant.EPOCH);
        supervisor.handle(new Event.Started(worker, EveryKind.valueOf(ProcessId.class)), 0, Instant.EPOCH);
        return supervisor;
    }

    @Test
    void somethingIsDoneAboutEachEvent() {
        assertThat(EveryKind.of(Event.class))
                .hasSizeGreaterThanOrEqualTo(28)
                .allSatisfy(event -> assertThatCode(() -> running().handle(event, 1, Instant.EPOCH))
                        .as(event.toString())
                        .doesNotThrowAnyException());
    }

    @Test
    void eachWordOfAProcessComesToItsWorker() {
        assertThat(running().handle(new Event.SaidReady(EveryKind.valueOf(WorkerId.class), pid()), 1, Instant.EPOCH))
                .anyMatch(Effect.Steer.class::isInstance);
    }

    private static long pid() {
        return EveryKind.valueOf(ProcessId.class).pid();
    }

    @Test
    void eachRequestIsAcceptedOrAnswered() {
        assertThat(EveryKind.of(Request.class))
                .hasSizeGreaterThanOrEqualTo(5)
                .allSatisfy(request -> assertThat(
                                running().handle(new Event.Requested(new RequestId(3), request), 1, Instant.EPOCH))
                        .as(request.toString())
                        .anyMatch(effect -> effect instanceof Effect.Accept
                                || effect instanceof Effect.Answer
                                || effect instanceof Effect.AnswerStatus
                                || effect instanceof Effect.AnswerSignalled
                                || effect instanceof Effect.HoldOff));
    }
}
