package dev.handover.supervisor.terms;

import java.time.Instant;

/**
 * Whether a worker is healthy.
 *
 * @param since when that was first known of its process, or since when it is asked
 * @param why what was answered last, or why it can't be asked; empty where there is nothing to say
 * @param aside whether new connections go to others for this reason
 */
public record HealthStatus(State state, Instant since, String why, boolean aside) {
    /** What is known. */
    public enum State {
        /** It has not answered yet. */
        UNKNOWN,
        HEALTHY,
        /** It has failed to answer as expected as often in a row as is configured. */
        UNHEALTHY,
        /** It can't be asked. */
        NOT_SHOWN
    }
}
