package dev.handover.supervisor.core;

import java.util.OptionalLong;

/** A process's connections, as far as it or the kernel tells: how many are open, and the most since its drain began. */
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

    /** How many it finished while draining; empty if it was never told how many were open. */
    OptionalLong drained() {
        return mostWhileDraining == UNTOLD ? OptionalLong.empty() : OptionalLong.of(mostWhileDraining - open);
    }

    /** How many were open when its process ended; empty if it was never told. */
    OptionalLong cut() {
        return mostWhileDraining == UNTOLD ? OptionalLong.empty() : open();
    }
}
