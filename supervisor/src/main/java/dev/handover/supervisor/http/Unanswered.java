package dev.handover.supervisor.http;

/** The supervisor did not say what it was asked; the message is for users. */
final class Unanswered extends Exception {
    private static final long serialVersionUID = 1L;

    Unanswered(String message) {
        super(message);
    }
}
