package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Services' last generations that are gone, and whose figures steering has not told yet: who removed them waits for these. */
final class Partings {
    private final List<Parting> all = new ArrayList<>();

    private record Parting(Removal removal, GenerationId last, long deadline) {}

    /** Reports the removal once what was held of the service is released and counted; at once where nothing was. */
    void await(Removal removal, Turn turn) {
        Optional<GenerationId> held = removal.held();
        if (held.isPresent()) {
            all.add(new Parting(removal, held.get(), turn.now() + Handover.STEERING_LIMIT.toNanos()));
        } else {
            removal.done(Optional.empty(), turn);
        }
    }

    void on(Event.OfGeneration event, Turn turn) {
        if (event instanceof Event.Released released) {
            end(parting -> parting.last().equals(event.generation()), Optional.of(released.ledger()), turn);
        }
    }

    void onDeadline(Turn turn) {
        end(parting -> turn.now() >= parting.deadline(), Optional.empty(), turn);
    }

    /** Whether nobody waits. */
    boolean areOver() {
        return all.isEmpty();
    }

    private void end(Predicate<Parting> which, Optional<Ledger> figures, Turn turn) {
        List<Parting> ended = all.stream().filter(which).toList();
        all.removeAll(ended);
        ended.forEach(parting -> parting.removal().done(figures, turn));
    }

    long nextDeadline() {
        return all.stream().mapToLong(Parting::deadline).min().orElse(Long.MAX_VALUE);
    }
}
