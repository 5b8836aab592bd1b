package dev.handover.supervisor.steering;

import dev.handover.supervisor.linux.Errands;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/** Runs the command that tells how a canary fares, each time on a thread of its own. */
final class MetricCommand {
    private static final ExecutorService THREADS = Threads.each("metric", 0);

    private final ServiceCommand command;
    private final Consumer<Event> inbox;

    MetricCommand(ServiceCommand command, Consumer<Event> inbox) {
        this.command = command;
        this.inbox = inbox;
    }

    void ask(Effect.AskMetric what) {
        try {
            THREADS.execute(() -> run(what));
        } catch (OutOfMemoryError noThread) {
            answer(what, HealthAnswer.NOT_ASKED, what.metric() + " was not run: no thread is to be had");
        }
    }

    private void run(Effect.AskMetric what) {
        MetricSpec metric = what.metric();
        Map<String, String> variables = Map.of(
                MetricSpec.SERVING, what.serving().toString(),
                MetricSpec.SHARE, what.share().others().toString());
        try {
            Errands.Ended ended = command.run(
                    new WorkerId(what.service(), what.generation(), WorkerId.METRIC),
                    what.spec(),
                    metric.command(),
                    variables,
                    metric.timeout());
            answer(what, ended.isDone() ? HealthAnswer.AS_EXPECTED : HealthAnswer.OTHERWISE, metric + " " + ended);
        } catch (IOException e) {
            answer(what, HealthAnswer.NOT_ASKED, metric + " could not be run: " + Why.of(e));
        }
    }

    private void answer(Effect.AskMetric what, HealthAnswer answer, String text) {
        inbox.accept(new Event.MetricSeen(what.service(), what.generation(), what.number(), answer, text));
    }
}
