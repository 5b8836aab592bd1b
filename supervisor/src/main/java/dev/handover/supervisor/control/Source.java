package dev.handover.supervisor.control;

import java.util.Optional;

/** Lines of an answer that are made as its client reads them, so that one who reads slowly has few waiting. Never waits. */
interface Source extends AutoCloseable {
    /** The next line; empty where there is none yet. */
    Optional<AnswerLine> next();

    /** Whether the line that {@link #next} returned last was the last of all. */
    boolean isOver();

    /** Its client asks for nothing more: it is to come to an end with what is there. */
    void finish();

    @Override
    void close();
}
