package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.GenerationState;
import java.time.Duration;
import java.util.Optional;

/**
 * When it is tried again to move new connections to the generation of an earlier supervisor, whose workers serve, and which
 * another supervisor keeps from it.
 */
final class Unsteered {
    static final Duration AGAIN_AFTER = Duration.ofSeconds(1);
    private static final long NEVER = Long.MAX_VALUE;

    private long again = NEVER;

    /** Told that it can't be steered to; said once for each reason. */
    void refused(Generation generation, String why, Turn turn) {
        generation.lead().refuse(why, turn);
        again = turn.now() + AGAIN_AFTER.toNanos();
    }

    /**
     * Asks once more when it is time.
     *
     * @param incumbent what is meant to serve
     * @param flipping whether another one is being steered to, which must not be undone
     */
    void advance(Optional<Generation> incumbent, boolean flipping, Turn turn) {
        Optional<Lead> refused = incumbent
                .filter(generation -> generation.state() == GenerationState.SERVING)
                .map(Generation::lead)
                .filter(lead -> !lead.refusal().isEmpty());
        if (refused.isEmpty()) {
            again = NEVER;
        } else if (turn.now() >= again) {
            again = turn.now() + AGAIN_AFTER.toNanos();
            if (!flipping) {
                refused.get().steerAgain(turn);
            }
        }
    }

    long nextDeadline() {
        return again;
    }
}
