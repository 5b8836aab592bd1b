package dev.handover.supervisor.terms;

/** What came of asking a worker for its health. */
public enum HealthAnswer {
    AS_EXPECTED,
    /** Something else was answered, or nothing in time. */
    OTHERWISE,
    /** It could not be asked, for which it can't be blamed: nothing leads to it alone. */
    NOT_ASKED
}
