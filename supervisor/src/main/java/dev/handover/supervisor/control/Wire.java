package dev.handover.supervisor.control;

import java.util.Locale;

/** How the protocol spells the names of the code's constants. */
final class Wire {
    private Wire() {}

    /** Such as {@code not-ready-in-time} for {@code NOT_READY_IN_TIME}. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
