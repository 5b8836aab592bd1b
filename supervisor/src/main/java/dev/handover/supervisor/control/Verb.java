package dev.handover.supervisor.control;

import org.jspecify.annotations.Nullable;

/** What a supervisor can be asked for: a command of {@code supervisorctl}, and a method of the control protocol. */
public enum Verb {
    STATUS(Names.ONE_OR_ALL, true),
    HISTORY(Names.ONE_OR_ALL, true),
    EVENTS(Names.ONE_OR_ALL, true),
    LOGS(Names.ONE, true),
    EXPLAIN(Names.ONE_OR_ALL, true),
    DOCTOR(Names.NONE, true),
    RELOAD(Names.ONE_OR_ALL, false),
    RESTART(Names.ONE, false),
    SCALE(Names.ONE, false),
    PROMOTE(Names.ONE_OR_ALL, true),
    PAUSE(Names.ONE_OR_ALL, true),
    RESUME(Names.ONE_OR_ALL, true),
    ROLLBACK(Names.ONE_OR_ALL, false),
    HOLD(Names.ONE, false),
    SIGNAL(Names.ONE, true),
    STOP(Names.ONE, false),
    START(Names.ONE, false),
    UPGRADE(Names.NONE, false),
    SHUTDOWN(Names.NONE, false),
    VERSION(Names.NONE, true);

    /** Which services it may name. */
    private enum Names {
        NONE,
        ONE_OR_ALL,
        ONE
    }

    private final Names names;
    private final boolean answeredAtOnce;
    private final String word;

    Verb(Names names, boolean answeredAtOnce) {
        this.names = names;
        this.answeredAtOnce = answeredAtOnce;
        this.word = Wire.name(this);
    }

    /** @return null where no verb is called so */
    public static @Nullable Verb named(String word) {
        // No stream and no lambda: supervisorctl asks, whose whole run is shorter than a JVM's first lambda.
        for (Verb verb : values()) {
            if (verb.word.equals(word)) {
                return verb;
            }
        }
        return null;
    }

    /** The word of the command line, and the method of the control protocol. */
    public String word() {
        return word;
    }

    /** Whether it shows what is, and neither changes nor tries anything; those are for the group that monitors, too. */
    public boolean onlyReads() {
        return this == STATUS || this == EVENTS || this == VERSION;
    }

    /** Whether nothing happens while it is carried out that one would like to see, and so wait for or not. */
    public boolean isAnsweredAtOnce() {
        return answeredAtOnce;
    }

    /** Whether a service may be named. */
    public boolean takesService() {
        return names != Names.NONE;
    }

    /** Whether a service must be named. */
    public boolean needsService() {
        return names == Names.ONE;
    }
}
