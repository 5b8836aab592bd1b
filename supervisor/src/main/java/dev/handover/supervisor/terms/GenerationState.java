package dev.handover.supervisor.terms;

import java.util.EnumSet;
import java.util.Set;

/** Where a generation stands; its generation alone changes it, along {@link #next()}. */
public enum GenerationState {
    /** Not every worker is ready yet. */
    STARTING,
    /** Every worker is ready; its listeners are being held, and new connections moved to it. */
    READY,
    /** New connections of some clients are led to it, beside the generation that serves. */
    CANARY,
    /** New connections are meant for it. */
    SERVING,
    /** Steered away from: it goes on accepting, until what was in flight to it has run empty. */
    QUIESCING,
    /** Steered away from, and warm: its workers run on, so that new connections can be moved back to it. */
    STANDBY,
    /** Told to drain: its workers finish what they accepted. */
    DRAINING,
    /** Told to end: TERM, then KILL. */
    STOPPING,
    /** No worker of it runs any more. */
    STOPPED;

    /** The states that may follow this one. */
    public Set<GenerationState> next() {
        return switch (this) {
            case STARTING -> EnumSet.of(READY, DRAINING, STOPPING);
            case READY -> EnumSet.of(CANARY, SERVING, DRAINING, STOPPING);
            case CANARY -> EnumSet.of(SERVING, QUIESCING, DRAINING, STOPPING);
            case SERVING -> EnumSet.of(QUIESCING, DRAINING, STOPPING);
            case QUIESCING -> EnumSet.of(STANDBY, DRAINING, STOPPING);
            case STANDBY -> EnumSet.of(SERVING, DRAINING, STOPPING);
            case DRAINING -> EnumSet.of(STOPPING, STOPPED);
            case STOPPING -> EnumSet.of(STOPPED);
            case STOPPED -> EnumSet.noneOf(GenerationState.class);
        };
    }
}
