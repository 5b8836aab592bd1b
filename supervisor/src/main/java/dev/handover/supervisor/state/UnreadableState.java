package dev.handover.supervisor.state;

/** What in a state file can't be understood, and where: {@code generations[0].spec.workers: expected a number}. */
final class UnreadableState extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableState(String message) {
        super(message);
    }
}
