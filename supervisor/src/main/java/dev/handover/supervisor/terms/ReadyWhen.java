package dev.handover.supervisor.terms;

/** What makes a worker ready. */
public enum ReadyWhen {
    /** It says so: READY over the worker protocol, or {@code READY=1} by sd_notify. */
    NOTIFIED,
    /** Each of its declared listeners exists, opened by it or by a descendant. */
    LISTENING
}
