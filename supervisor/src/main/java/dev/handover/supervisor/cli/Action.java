package dev.handover.supervisor.cli;

/** What {@code supervisorctl} can be told to do. */
enum Action {
    STATUS("status"),
    DOCTOR("doctor"),
    RELOAD("reload"),
    STOP("stop"),
    START("start"),
    SHUTDOWN("shutdown"),
    VERSION("version");

    /** The word of the command line, and the method of the control protocol. */
    private final String word;

    Action(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /** Whether nothing happens while it is carried out that one would like to see. */
    boolean isAnsweredAtOnce() {
        return this == STATUS || this == DOCTOR || this == VERSION;
    }

    /** Whether a service may be named. */
    boolean takesService() {
        return this == STATUS || this == RELOAD || needsService();
    }

    /** Whether a service must be named. */
    boolean needsService() {
        return this == STOP || this == START;
    }
}
