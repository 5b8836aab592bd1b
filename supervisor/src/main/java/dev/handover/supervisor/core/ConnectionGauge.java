package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.DrainReport;
import java.util.Optional;
import java.util.OptionalLong;

/** A process's connections by its own word: how many are open, and the most since its drain began. */
final class ConnectionGauge {
    private static final long UNTOLD = -1;

    private long open = UNTOLD;
    private long mostWhileDraining = UNTOLD;
    private boolean draining;

    void read(long now) {
        open = now;
        if (draining) {
            mostWhileDraining = Math.max(mostWhileDraining, now);
        }
    }

    /** From now on it accepts none, and finishes what it has. */
    void drainBegins() {
        draining = true;
        mostWhileDraining = open;
    }

    /** Says that it has finished all. */
    void empty() {
        open = Math.min(open, 0);
    }

    /** How many are open; empty if it was never told. */
    OptionalLong open() {
        return open == UNTOLD ? OptionalLong.empty() : OptionalLong.of(open);
    }

    /** What it said of its drain; empty if it said nothing. */
    Optional<DrainReport.Said> said() {
        return mostWhileDraining == UNTOLD
                ? Optional.empty()
                : Optional.of(new DrainReport.Said(mostWhileDraining, open));
    }
}
