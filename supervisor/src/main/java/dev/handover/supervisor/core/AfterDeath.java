package dev.handover.supervisor.core;

/** What follows when a worker's process ends. */
enum AfterDeath {
    /** Another process of it is started: it is needed, or there is nothing to go back to. */
    RESTART,
    /** Nothing: its generation is abandoned, or is leaving. */
    NOTHING
}
