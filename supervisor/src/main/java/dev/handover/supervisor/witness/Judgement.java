package dev.handover.supervisor.witness;

import org.jspecify.annotations.Nullable;

/**
 * What became of one connection.
 *
 * @param doubt why it is {@link Fate#UNSEEN}; null for all others
 */
record Judgement(Fate fate, @Nullable Doubt doubt) {
    enum Fate {
        FINISHED,
        IDLE,
        LEFT,
        CUT,
        UNSEEN
    }

    static Judgement of(Fate fate) {
        return new Judgement(fate, null);
    }

    static Judgement unseen(Doubt doubt) {
        return new Judgement(Fate.UNSEEN, doubt);
    }
}
