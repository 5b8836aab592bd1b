package dev.handover.supervisor.control;

import org.jspecify.annotations.Nullable;

/** A line that is not a request of the protocol, and what is answered to it. */
final class BadCall extends Exception {
    private static final long serialVersionUID = 1L;

    private final @Nullable String id;
    private final ErrorCode code;

    /** @param id null where the line has no usable one */
    BadCall(@Nullable String id, ErrorCode code, String message) {
        super(message);
        this.id = id;
        this.code = code;
    }

    AnswerLine answer() {
        return AnswerLine.error(id, code, String.valueOf(getMessage()));
    }
}
