package dev.handover.supervisor.daemon;

import dev.handover.supervisor.terms.Effect.Severity;

/** How much is logged. */
public enum Level {
    ERROR(3),
    WARN(4),
    INFO(6),
    DEBUG(7);

    private final int priority;

    Level(int priority) {
        this.priority = priority;
    }

    /** The number that syslog and the journal know it by (sd-daemon(3)). */
    int priority() {
        return priority;
    }

    static Level of(Severity severity) {
        return switch (severity) {
            case ERROR -> ERROR;
            case WARN -> WARN;
            case INFO -> INFO;
            case DEBUG -> DEBUG;
        };
    }
}
