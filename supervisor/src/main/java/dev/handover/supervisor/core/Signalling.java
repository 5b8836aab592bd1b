package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.WorkerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What people ask for that is said to workers by a signal: who is to get it, and whether it is one that tells nobody to end. */
final class Signalling {
    private Signalling() {}

    static void send(RequestId id, Request.SendSignal asked, Service service, Turn turn) {
        Optional<Generation> found = service.generation(asked.generation());
        Optional<String> obstacle = found.isEmpty()
                ? Optional.of(asked.generation()
                        .map(number -> "there is no generation " + number + " of " + service.name() + " now")
                        .orElse(service.name() + " has no generation that serves"))
                : obstacle(asked, found.get());
        if (obstacle.isPresent()) {
            turn.refuse(id, Reply.Reason.FAILED, obstacle.get() + "; nothing was sent");
            return;
        }
        Generation generation = found.orElseThrow();
        Map<WorkerId, Optional<ProcessId>> all = generation.running();
        all.keySet()
                .removeIf(worker -> asked.worker().isPresent()
                        && worker.index() != asked.worker().get());
        List<WorkerId> absent = new ArrayList<>();
        Map<WorkerId, ProcessId> running = new HashMap<>();
        all.forEach((worker, process) ->
                process.ifPresentOrElse(there -> running.put(worker, there), () -> absent.add(worker)));
        ServiceSpec spec = generation.spec();
        String whom = asked.worker()
                .map(number -> new WorkerId(spec.name(), generation.id(), number).toString())
                .orElse(generation.toString());
        turn.about(generation)
                .info(asked.signal() + (spec.signalsTo() == SignalsTo.GROUP ? " to the process groups of " : " to ")
                        + whom + ", asked for by " + asked.by());
        turn.effect(new Effect.AnswerSignalled(
                id, spec.name(), generation.id(), asked.signal(), spec.signalsTo(), running, absent));
    }

    private static Optional<String> obstacle(Request.SendSignal asked, Generation generation) {
        ServiceSpec spec = generation.spec();
        if (asked.worker().filter(number -> number > spec.workers()).isPresent()) {
            return Optional.of(generation + " has " + spec.workers() + (spec.workers() == 1 ? " worker" : " workers")
                    + ", and no worker " + asked.worker().get());
        }
        boolean drains =
                spec.drain() instanceof DrainBy.BySignal by && by.signal().equals(asked.signal());
        if (!drains && !spec.stopSignal().equals(asked.signal())) {
            return Optional.empty();
        }
        return Optional.of(generation + (drains ? " drains by " : " is stopped by ") + asked.signal()
                + ", and a worker that ends unasked takes along what it is at; " + CommandNames.CTL + " restart "
                + spec.name() + " replaces its workers, " + CommandNames.CTL + " stop " + spec.name()
                + " stops it");
    }
}
