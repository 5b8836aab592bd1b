package dev.handover.supervisor.terms;

/** Whom a worker's signals are sent to; KILL always reaches all of its process group. */
public enum SignalsTo {
    /** The worker's own process, which is to tell those that it has started. */
    MAIN,
    /** Every process of the group that the worker's process leads. */
    GROUP
}
