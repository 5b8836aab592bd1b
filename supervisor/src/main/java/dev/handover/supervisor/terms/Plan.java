package dev.handover.supervisor.terms;

import java.util.List;

/**
 * What a reload would do with one service.
 *
 * @param changes in what it would be started from something else; of one that runs
 */
public record Plan(ServiceName service, Action action, List<Change> changes) {
    public Plan {
        changes = List.copyOf(changes);
    }

    /** Whether another thing would run than does now. A reload has a new generation in any case. */
    public boolean changesAnything() {
        return switch (action) {
            case START, REMOVE -> true;
            case HAND_OVER -> !changes.isEmpty();
            case STAY_STOPPED -> false;
        };
    }

    public enum Action {
        /** Nothing of it runs, and it would be started. */
        START,
        /** A new generation would take over. */
        HAND_OVER,
        /** It would serve until others have taken its addresses over, and go. */
        REMOVE,
        /** It is stopped, and would stay so. */
        STAY_STOPPED
    }

    /**
     * @param key of the configuration, such as {@code health.interval} or {@code listen tcp://0.0.0.0:80}
     * @param from what runs; empty where it has none
     * @param to what the file says; empty where it has none
     */
    public record Change(String key, String from, String to) {}
}
