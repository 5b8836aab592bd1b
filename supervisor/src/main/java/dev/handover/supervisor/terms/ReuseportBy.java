package dev.handover.supervisor.terms;

/** Who sets SO_REUSEPORT on a service's listeners, without which two generations can't listen on one address. */
public enum ReuseportBy {
    /** The program, before it binds. */
    PROGRAM,
    /** The supervisor, as the program binds: for programs that never do. */
    INTERCEPT
}
