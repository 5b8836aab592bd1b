package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Handovers of one service that newer ones have begun beside: all that is left of each is that its old generation drains, is ended and
 * is released.
 */
final class LeftBehind {
    private final List<Handover> all = new ArrayList<>();

    void add(Handover handover) {
        all.add(handover);
    }

    /** A newer generation begins: those that were gone on with beside one another take note of what they have come to. */
    void leaveBehind() {
        all.stream().filter(handover -> !handover.isLeftBehind()).forEach(Handover::leaveBehind);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** The generations that go, from the oldest handover on. */
    List<Generation> going() {
        return all.stream().flatMap(handover -> handover.from().stream()).toList();
    }

    /** Whether one of them lets go of this generation's listeners itself. */
    boolean releases(Generation generation) {
        return all.stream().anyMatch(handover -> handover.releases(generation));
    }

    void on(Event.OfGeneration event, Turn turn) {
        for (Handover handover : all) {
            if (event instanceof Event.CanaryMet met) {
                handover.met(met);
            } else {
                handover.on(event, turn);
            }
        }
    }

    void advance(Turn turn) {
        all.forEach(handover -> handover.advance(turn));
    }

    void cancel(Turn turn) {
        all.forEach(handover -> handover.cancel(turn));
    }

    /** One that has ended, which is none of them from now on; empty where all go on. */
    Optional<Handover> takeEnded() {
        Optional<Handover> ended = all.stream().filter(Handover::hasEnded).findFirst();
        ended.ifPresent(all::remove);
        return ended;
    }

    long nextDeadline() {
        return all.stream().mapToLong(Handover::nextDeadline).min().orElse(Long.MAX_VALUE);
    }
}
