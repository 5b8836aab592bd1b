package dev.handover.supervisor.core;

/** What is handed to a place that has no branch for it: a mistake of the program's, that must not pass in silence. */
final class Unhandled {
    private Unhandled() {}

    static IllegalStateException event(Object what) {
        return new IllegalStateException("nothing is done about " + what);
    }
}
