package dev.handover.supervisor.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Which of the supervisor's own variables its workers inherit: those that were not meant for it alone. */
public final class Inheritance {
    /**
     * What its own manager told the supervisor of itself, and a worker must not take for its own: systemd (systemd.exec(5),
     * "Environment variables in spawned processes"), and the other program called supervisord.
     */
    private static final List<String> OF_THE_MANAGER = List.of(
            "NOTIFY_SOCKET",
            "WATCHDOG_USEC",
            "WATCHDOG_PID",
            "LISTEN_PID",
            "LISTEN_PIDFDID",
            "LISTEN_FDS",
            "LISTEN_FDNAMES",
            "FDSTORE",
            "JOURNAL_STREAM",
            "LOG_NAMESPACE",
            "INVOCATION_ID",
            "DEBUG_INVOCATION",
            "CREDENTIALS_DIRECTORY",
            "MAINPID",
            "MANAGERPID",
            "MANAGERPIDFDID",
            "PIDFILE",
            "SYSTEMD_EXEC_PID",
            "MEMORY_PRESSURE_WATCH",
            "MEMORY_PRESSURE_WRITE",
            "SERVICE_RESULT",
            "EXIT_CODE",
            "EXIT_STATUS",
            "TRIGGER_UNIT",
            "TRIGGER_PATH",
            "TRIGGER_TIMER_REALTIME_USEC",
            "TRIGGER_TIMER_MONOTONIC_USEC",
            "SUPERVISOR_ENABLED",
            "SUPERVISOR_PROCESS_NAME",
            "SUPERVISOR_GROUP_NAME",
            "SUPERVISOR_SERVER_URL");

    /** The launchers set some variables for the JVM alone, and keep what a user had set under this name before its own. */
    private static final String GIVEN = "HANDOVER_GIVEN_";

    /** Which those are, separated by spaces. */
    private static final String CHANGED = "HANDOVER_CHANGED";

    /** Where a supervisor that another one took the place of by an upgrade finds what that one left it to know. */
    public static final String UPGRADE = "HANDOVER_UPGRADE";

    /** The launcher's own file, absolute, as it was called. */
    public static final String LAUNCHER = "HANDOVER_LAUNCHER";

    private Inheritance() {}

    static Map<String, String> of(Map<String, String> environment) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        reduce(all, name -> name);
        return all;
    }

    /**
     * Takes away what workers don't inherit.
     *
     * @param all by name; this is changed
     * @param form makes a name, or a value, of text
     */
    public static <T> void reduce(Map<T, T> all, Function<String, T> form) {
        OF_THE_MANAGER.forEach(name -> all.remove(form.apply(name)));
        undo(all, form);
    }

    /**
     * Gives back what the launcher was given: without what it set itself, and what a supervisor tells the one that takes its
     * place.
     *
     * @param all by name; this is changed
     * @param form makes a name, or a value, of text
     */
    public static <T> void undo(Map<T, T> all, Function<String, T> form) {
        all.remove(form.apply(UPGRADE));
        T changed = all.remove(form.apply(CHANGED));
        for (String name : changed == null
                ? List.<String>of()
                : List.of(changed.toString().strip().split(" "))) {
            T given = all.remove(form.apply(GIVEN + name));
            if (given == null) {
                all.remove(form.apply(name));
            } else {
                all.put(form.apply(name), given);
            }
        }
    }
}
