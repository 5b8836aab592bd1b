package dev.handover.supervisor.core;

/** What follows when a worker's process ends. */
enum AfterDeath {
    /** Another process of it is started: it is needed, or there is nothing to go back to. */
    RESTART,
    /** Another one is, if new connections are moved back to its generation, which stands by. */
    PAUSE,
    /** Its generation is a canary, and is rolled back; another process of it is started if all clients are moved to it. */
    ROLL_BACK,
    /** Nothing: its generation is abandoned, or is leaving. */
    NOTHING
}
