package dev.handover.supervisor.terms;

/** What came of asking for the health of a worker, or for how a canary fares. */
public enum HealthAnswer {
    AS_EXPECTED,
    /** Something else was answered, or nothing in time. */
    OTHERWISE,
    /** It could not be asked, for which it can't be blamed. */
    NOT_ASKED
}
