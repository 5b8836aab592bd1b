package dev.handover.supervisor.terms;

/** What becomes of a reload of a service that is being handed over already. */
public enum IfBusy {
    /** It begins when the other one has ended; one that waits already is dropped. A canary makes room at once. */
    WAIT,
    /** The same, and the other one is given up if no client has come to its new generation yet. */
    REPLACE,
    /** It is refused, and nothing is changed. */
    REFUSE
}
