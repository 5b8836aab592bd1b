package dev.handover.chaos.faults;

/** A kind of harm. */
enum Kind {
    KILL_OLD_WORKER("kill -9 of an old worker", Victim.OLD),
    KILL_NEW_WORKER("kill -9 of a new worker", Victim.NEW),
    STOP_OLD_WORKER("SIGSTOP of an old worker", Victim.OLD),
    STOP_NEW_WORKER("SIGSTOP of a new worker", Victim.NEW),
    KILL_SUPERVISOR("kill -9 of the supervisor", Victim.SUPERVISOR),
    STOP_SUPERVISOR("SIGSTOP of the supervisor", Victim.SUPERVISOR),
    RESTART_SUPERVISOR("restart of the supervisor, as systemd does it", Victim.SUPERVISOR),
    SECOND_SUPERVISOR("a second supervisor beside it", Victim.SUPERVISOR),
    FULL_QUEUES("full accept queues", Victim.ALL_WORKERS),
    WORKER_WITHOUT_DESCRIPTORS("EMFILE in a worker", Victim.OLD),
    SUPERVISOR_WITHOUT_DESCRIPTORS("EMFILE in the supervisor", Victim.SUPERVISOR),
    DISK_FULL("ENOSPC for the state", Victim.DISK);

    enum Victim {
        /** A worker of the generation that served as the round began. */
        OLD,
        /** A worker of a later one. */
        NEW,
        ALL_WORKERS,
        SUPERVISOR,
        DISK
    }

    private final String title;
    private final Victim victim;

    Kind(String title, Victim victim) {
        this.title = title;
        this.victim = victim;
    }

    Victim victim() {
        return victim;
    }

    @Override
    public String toString() {
        return title;
    }
}
