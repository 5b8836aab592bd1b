package dev.handover.supervisor.daemon;

/** Why the supervisor can't start, in one line for the user. */
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1;

    StartFailure(String message) {
        super(message);
    }
}
