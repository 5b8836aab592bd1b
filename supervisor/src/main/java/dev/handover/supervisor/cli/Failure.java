package dev.handover.supervisor.cli;

/** An end that is not the one asked for: one message for people, and the exit code. */
class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    Failure(ExitCode code, String message) {
        super(message);
        this.code = code;
    }

    ExitCode code() {
        return code;
    }

    String message() {
        return String.valueOf(getMessage());
    }
}
