package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Removals of a service that goes: who asked for them waits for the figures that steering tells of its last generation. */
final class Partings {
    private static final long NEVER = Long.MAX_VALUE;

    private final List<Parting> all = new ArrayList<>();

    private static final class Parting {
        private final Removal removal;
        private Optional<Ledger> figures = Optional.empty();
        /** From when it is reported without figures; never as long as any generation of the service is there. */
        private long deadline = NEVER;

        Parting(Removal removal) {
            this.removal = removal;
        }

        boolean isOf(GenerationId released) {
            return removal.held().equals(Optional.of(released));
        }

        boolean isOver(Turn turn) {
            boolean complete = figures.isPresent() || removal.held().isEmpty();
            return deadline < NEVER && (complete || turn.now() >= deadline);
        }
    }

    /** Takes note of what is released from now on: the last generation may be gone before others of the service are. */
    void begin(Removal removal) {
        all.add(new Parting(removal));
    }

    /** No generation is left: reports the removal once what was held of the last is counted; at once where nothing was. */
    void await(Removal removal, Turn turn) {
        all.stream()
                .filter(parting -> parting.removal == removal)
                .forEach(parting -> parting.deadline = turn.now() + Handover.STEERING_LIMIT.toNanos());
        report(turn);
    }

    void on(Event.OfGeneration event, Turn turn) {
        if (event instanceof Event.Released released) {
            all.stream()
                    .filter(parting -> parting.isOf(event.generation()))
                    .forEach(parting -> parting.figures = Optional.of(released.ledger()));
            report(turn);
        }
    }

    void onDeadline(Turn turn) {
        report(turn);
    }

    /** Whether nobody waits. */
    boolean areOver() {
        return all.isEmpty();
    }

    private void report(Turn turn) {
        List<Parting> ended =
                all.stream().filter(parting -> parting.isOver(turn)).toList();
        all.removeAll(ended);
        ended.forEach(parting -> parting.removal.done(parting.figures, turn));
    }

    long nextDeadline() {
        return all.stream().mapToLong(parting -> parting.deadline).min().orElse(NEVER);
    }
}
