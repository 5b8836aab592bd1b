package dev.handover.supervisor.terms;

/** How new connections are moved from one generation to the next, where the kernel lets us choose. */
public enum Moving {
    /** Steer the group, and let what is in flight to the old generation run empty: nothing is lost. */
    STEERED,
    /** The old generation closes its listeners, and what they hold is reset; to compare with, or where steering harms. */
    PLAIN
}
