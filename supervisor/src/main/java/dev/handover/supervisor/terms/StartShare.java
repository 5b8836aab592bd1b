package dev.handover.supervisor.terms;

/** How much of the CPU a worker gets, where others want it, from its start until it is ready, while another generation serves. */
public enum StartShare {
    /** Little: clients of the generation that serves do not wait for the start of the next one. */
    LOW,
    /** As much as one that serves. */
    FULL
}
