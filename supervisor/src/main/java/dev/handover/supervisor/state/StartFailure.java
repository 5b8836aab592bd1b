package dev.handover.supervisor.state;

/** Why the supervisor can't start, in one line for the user. */
public final class StartFailure extends Exception {
    private static final long serialVersionUID = 1;

    public StartFailure(String message) {
        super(message);
    }
}
