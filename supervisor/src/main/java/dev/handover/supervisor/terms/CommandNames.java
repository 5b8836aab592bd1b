package dev.handover.supervisor.terms;

/**
 * What one types. A package may install the commands under other names, where another program has these; the launcher tells
 * which, by the system property {@code handover.commands}.
 */
public final class CommandNames {
    private static final String STEM = System.getProperty("handover.commands", "supervisor");

    /** The client: {@code supervisorctl}. */
    public static final String CTL = STEM + "ctl";

    /** The supervisor: {@code supervisord}. */
    public static final String DAEMON = STEM + "d";

    private CommandNames() {}
}
