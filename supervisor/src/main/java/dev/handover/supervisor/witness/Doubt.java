package dev.handover.supervisor.witness;

import dev.handover.supervisor.terms.Counts;

/** Why the kernel does not tell what became of a connection. */
enum Doubt {
    STREAM("ended while much was being sent: a stream that is over and one that was cut look alike"),
    HALF_CLOSED("unanswered when it ended, had been ended by the client on its side:"
            + " whether the client had left or still waited is not seen"),
    WHO_FIRST("unanswered when it ended: whether the client or the worker ended it is not seen"),
    FAREWELL("ended a few bytes after its question, as TLS takes its leave: an answer that short, or none"),
    RESET("ended by a reset of the worker's (SO_LINGER 0), after which the kernel's figures are gone:"
            + " what had come and gone since the last look is not seen"),
    ORDER("had said something within a tick of the kernel's clock of the last answer: which came first is not seen"),
    LOST("ended unseen: the kernel did not tell how"),
    WHOSE("unanswered when the worker that held it ended it: whether that worker drained is not seen"),
    STILL_OPEN("was still open when it was looked at last");

    private final String text;

    Doubt(String text) {
        this.text = text;
    }

    String text(long connections) {
        return Counts.text(connections, "connection") + " " + text;
    }
}
