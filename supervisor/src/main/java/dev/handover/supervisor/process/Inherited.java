package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.CString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The environment that the supervisor was started with, byte for byte, without what was meant for the supervisor alone. */
final class Inherited {
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

    private Inherited() {}

    /** Names and values. */
    static Map<CString, CString> read() {
        try {
            return of(Files.readAllBytes(Path.of("/proc/self/environ")));
        } catch (IOException forbidden) { // a java that has file capabilities: its /proc is root's
            StringBuilder entries = new StringBuilder();
            System.getenv()
                    .forEach((name, value) ->
                            entries.append(name).append('=').append(value).append('\0'));
            return of(entries.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    static Map<CString, CString> of(byte[] environ) {
        Map<CString, CString> all = new LinkedHashMap<>();
        for (CString entry : split(environ)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                all.putIfAbsent(entry.before(equals), entry.after(equals)); // getenv(3) takes the first, too
            }
        }
        OF_THE_MANAGER.forEach(name -> all.remove(CString.of(name)));
        CString changed = all.remove(CString.of(CHANGED));
        for (String name : changed == null
                ? List.<String>of()
                : Arrays.asList(changed.toString().strip().split(" "))) {
            CString given = all.remove(CString.of(GIVEN + name));
            if (given == null) {
                all.remove(CString.of(name));
            } else {
                all.put(CString.of(name), given);
            }
        }
        return all;
    }

    private static List<CString> split(byte[] environ) {
        List<CString> entries = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < environ.length; i++) {
            if (environ[i] == 0) {
                entries.add(CString.of(Arrays.copyOfRange(environ, start, i)));
                start = i + 1;
            }
        }
        return entries;
    }
}
