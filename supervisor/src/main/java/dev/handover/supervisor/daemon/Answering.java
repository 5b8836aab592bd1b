package dev.handover.supervisor.daemon;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.LogStanding;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.Usage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Tells those who asked for something what the core has for them. */
final class Answering {
    private final Pending pending;
    private final Function<Collection<ServiceName>, CompletableFuture<Map<ServiceName, SteeringStatus>>> steered;

    private final Supplier<Map<ServiceName, LogStanding>> logs;

    private final Function<Collection<ServiceStatus>, Map<ServiceName, Map<GenerationId, Usage>>> usage;

    private final SentSignals signals;

    /**
     * @param steered says how services are steered now
     * @param logs says how those stand that have a log file
     * @param usage says what their generations take
     * @param signals sends signals to workers
     */
    Answering(
            Pending pending,
            Function<Collection<ServiceName>, CompletableFuture<Map<ServiceName, SteeringStatus>>> steered,
            Supplier<Map<ServiceName, LogStanding>> logs,
            Function<Collection<ServiceStatus>, Map<ServiceName, Map<GenerationId, Usage>>> usage,
            SentSignals signals) {
        this.pending = pending;
        this.steered = steered;
        this.logs = logs;
        this.usage = usage;
        this.signals = signals;
    }

    void perform(Effect.OfRequest effect) {
        if (effect instanceof Effect.Accept accept) {
            pending.accepted(accept.request(), accept.text());
        } else if (effect instanceof Effect.Tell tell) {
            pending.progress(tell.request(), tell.progress());
        } else if (effect instanceof Effect.Answer answer) {
            pending.end(answer.request(), answer.reply());
        } else if (effect instanceof Effect.AnswerStatus answer) {
            answer(answer);
        } else if (effect instanceof Effect.AnswerSignalled answer) {
            pending.end(answer.request(), signals.perform(answer));
        } else {
            throw new IllegalArgumentException("nobody is told " + effect);
        }
    }

    private void answer(Effect.AnswerStatus answer) {
        List<ServiceName> asked =
                answer.services().stream().map(ServiceStatus::service).toList();
        CompletableFuture<Void> unused = steered.apply(asked)
                .thenAccept(known -> pending.end(
                        answer.request(),
                        new Reply.Status(
                                answer.services(),
                                answer.difference(),
                                known,
                                logs.get(),
                                usage.apply(answer.services()))));
    }
}
