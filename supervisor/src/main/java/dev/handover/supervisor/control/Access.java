package dev.handover.supervisor.control;

/** What a client may ask for. */
enum Access {
    /** Everything: root, and the supervisor's own user. */
    ALL,
    /** What is {@linkplain Verb#onlyReads only read}: the group that monitors. */
    READING;

    boolean allows(Verb verb) {
        return this == ALL || verb.onlyReads();
    }
}
