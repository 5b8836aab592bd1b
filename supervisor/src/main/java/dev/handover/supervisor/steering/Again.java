package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.Pace;
import java.time.Duration;

/** Looks again and again, with pauses in which other turns are taken, until a look is the last. For one thread. */
final class Again {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    /** At most half the time is spent looking, however many sockets there are to look through. */
    private static final int HALF = 2;

    private final Turns turns;
    private final Pace pace;
    private final Look look;
    private boolean looking;

    /** One look. */
    @FunctionalInterface
    interface Look {
        /** Returns whether nothing is left to wait for. */
        boolean isLast(long now);
    }

    private Again(Turns turns, Pace pace, Look look) {
        this.turns = turns;
        this.pace = pace;
        this.look = look;
    }

    /** For what clients wait for. */
    static Again often(Turns turns, Look look) {
        return new Again(turns, new Pace(SHORTEST, SHORTEST, HALF), look);
    }

    /** For what comes soon, or who knows when. */
    static Again everLessOften(Turns turns, Look look) {
        return new Again(turns, new Pace(SHORTEST, LONGEST, HALF), look);
    }

    /** For what rarely happens, but may as long as it is looked for. */
    static Again seldom(Turns turns, Look look) {
        return new Again(turns, new Pace(LONGEST, LONGEST, HALF), look);
    }

    /** Looks after the first pause; does nothing while it is looking already. */
    void begin() {
        if (!looking) {
            looking = true;
            turns.later(pace.first(), this::turn);
        }
    }

    private void turn(long now) {
        boolean last = true;
        try {
            last = look.isLast(now);
        } finally {
            looking = !last;
        }
        if (looking) {
            turns.later(pace.after(turns.now() - now), this::turn);
        }
    }
}
