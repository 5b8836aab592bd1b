package dev.handover.supervisor.process;

import dev.handover.supervisor.config.Inheritance;
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
public final class Inherited {
    private Inherited() {}

    /** Names and values. */
    public static Map<CString, CString> read() {
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
        Map<CString, CString> all = byName(split(environ));
        Inheritance.reduce(all, CString::of);
        return all;
    }

    /**
     * What the launcher of a supervisor was given.
     *
     * @param environment of that supervisor
     * @return each {@code NAME=value}
     */
    public static List<CString> asGiven(List<CString> environment) {
        Map<CString, CString> all = byName(environment);
        Inheritance.undo(all, CString::of);
        return all.entrySet().stream()
                .map(each -> each.getKey().plus(CString.of("=")).plus(each.getValue()))
                .toList();
    }

    private static Map<CString, CString> byName(List<CString> entries) {
        Map<CString, CString> all = new LinkedHashMap<>();
        for (CString entry : entries) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                all.putIfAbsent(entry.before(equals), entry.after(equals)); // getenv(3) takes the first, too
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
