package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.GenerationState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
        generation.refuse(why, turn);
        again = turn.now() + AGAIN_AFTER.toNanos();
    }

    /**
     * Asks once more when it is time.
     *
     * @param incumbent what is meant to serve
     * @param flipping whether another one is being steered to, which must not be undone
     */
    void advance(@Nullable Generation incumbent, boolean flipping, Turn turn) {
        if (incumbent == null
                || incumbent.state() != GenerationState.SERVING
                || incumbent.refusal().isEmpty()) {
            again = NEVER;
        } else if (turn.now() >= again) {
            again = turn.now() + AGAIN_AFTER.toNanos();
            if (!flipping) {
                incumbent.steerAgain(turn);
            }
        }
    }

    long nextDeadline() {
        return again;
    }
}
