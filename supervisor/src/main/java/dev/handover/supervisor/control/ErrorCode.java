package dev.handover.supervisor.control;

import dev.handover.supervisor.terms.Reply.Reason;

/** The error codes of {@code docs/control.md}. */
enum ErrorCode {
    BAD_REQUEST,
    UNKNOWN_METHOD,
    UNKNOWN_SERVICE,
    INVALID_CONFIGURATION,
    FAILED,
    REPLACED,
    STOPPING,
    BUSY,
    FORBIDDEN;

    static ErrorCode of(Reason reason) {
        return switch (reason) {
            case UNKNOWN_SERVICE -> UNKNOWN_SERVICE;
            case INVALID_CONFIGURATION -> INVALID_CONFIGURATION;
            case FAILED -> FAILED;
            case STOPPING -> STOPPING;
        };
    }

    /** As it stands in the protocol, such as {@code bad-request}. */
    @Override
    public String toString() {
        return Wire.name(this);
    }
}
