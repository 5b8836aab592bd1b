package dev.handover.supervisor.terms;

/** Whether a worker had a say in its own end; from the most to the least. */
public enum EndedBy {
    /** It exited, or by the signal that it was told to drain by: it had caught that, and did what it wanted to. */
    ITSELF,
    /** How it ended can't be known. */
    UNKNOWN,
    A_KILL
}
