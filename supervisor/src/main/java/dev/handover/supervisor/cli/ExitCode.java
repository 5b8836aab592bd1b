package dev.handover.supervisor.cli;

/** How {@code supervisorctl} ends, after the Linux Standard Base's exit codes of init scripts. */
enum ExitCode {
    DONE(0),
    /** Tried and failed, or not done in time; what served before still does. */
    FAILED(1),
    /** Wrong usage, an unknown service, or an invalid configuration; nothing was changed. */
    USAGE(2),
    /** {@code status} only: a service is not running. */
    SERVICE_NOT_RUNNING(3),
    NO_PERMISSION(4),
    /** No supervisor answers on the socket, or it went away before it had answered. */
    SUPERVISOR_NOT_RUNNING(7),
    /** {@code reload --dry-run} only: the reload would change something. */
    WOULD_CHANGE(9);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
