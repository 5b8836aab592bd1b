package dev.handover.chaos.faults;

/** What is asked of the supervisor in one round. */
enum Move {
    RELOAD("reload"),
    SLOW_DRAIN("reload, the next to drain slowly"),
    NEVER_READY("reload that never gets ready"),
    EXITS_ONCE("reload that is ready and exits at once"),
    STORM("several reloads at once"),
    PROMOTED("canary, promoted"),
    ROLLED_BACK("canary, rolled back"),
    CANARY_STORM("canary, promoted and rolled back at once"),
    GONE_BACK("standby, rolled back to"),
    STANDBY_STORM("standby, rolled back to and reloaded at once"),
    SYNTAX_ERROR("reload of a file with a syntax error"),
    MISSING_PROGRAM("reload of a missing program"),
    FOREIGN_ADDRESS("reload to an address of another host"),
    UPGRADE("upgrade");

    private final String title;

    Move(String title) {
        this.title = title;
    }

    /** Whether new connections move, and none is lost, where nothing else goes wrong. */
    boolean isToComplete() {
        return this == RELOAD || this == SLOW_DRAIN || this == PROMOTED || this == GONE_BACK;
    }

    /** Whether the old generation stands by, and the first of two answers tells of no drain yet. */
    boolean hasStandby() {
        return this == GONE_BACK || this == STANDBY_STORM;
    }

    /** Whether the supervisor is to refuse it, or to give it up. */
    boolean isToFail() {
        return this == NEVER_READY || this == SYNTAX_ERROR || this == MISSING_PROGRAM || this == FOREIGN_ADDRESS;
    }

    /** Whether a handover comes of it, whose steps are told. */
    boolean hasSteps() {
        return this != SYNTAX_ERROR && this != UPGRADE && this != MISSING_PROGRAM;
    }

    @Override
    public String toString() {
        return title;
    }
}
