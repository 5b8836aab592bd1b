package dev.handover.supervisor.terms;

/** What is counted of each service, for as long as it is in the configuration. */
public enum Total {
    /** Reloads that were asked for, by how they ended. */
    RELOADS_COMPLETED,
    RELOADS_FAILED,
    RELOADS_REPLACED,
    RELOADS_CANCELLED,
    /** Those that began, and the sum of all their phases, in nanoseconds. */
    RELOADS_BEGUN,
    RELOAD_NANOS,
    /** Times that new connections were moved to another generation, and how long that took, in nanoseconds. */
    FLIPS,
    FLIP_NANOS,
    /** Times that they were moved back, asked for or not. */
    ROLLBACKS,
    /** Handovers by the verdict of their ledgers. */
    LOSSLESS,
    NOT_LOSSLESS,
    NOT_SHOWN,
    /** Connections that workers held when they were told to drain, by what became of them ({@link DrainAccount}). */
    FINISHED,
    CLOSED_WHILE_IDLE,
    LEFT_BY_CLIENT,
    CUT,
    NOT_SEEN,
    HANDED_ON,
    /** Connections that waited in a listener as it was released. */
    LEFT_AT_RELEASE,
    /** Ends of workers' processes: before they were ready, while they were, and as they were told to. */
    EXITS_STARTING,
    EXITS_READY,
    EXITS_LEAVING,
    /** Times that a worker was started again. */
    RESTARTS,
    /** Times that a worker was found unhealthy that had not been before. */
    UNHEALTHY
}
