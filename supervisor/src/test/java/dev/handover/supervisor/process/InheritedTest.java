package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.CString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InheritedTest {
    private static Map<CString, CString> of(String... entries) {
        return Inherited.of((String.join("\0", entries) + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static CString text(String text) {
        return CString.of(text);
    }

    @Test
    void bytesStayWhatTheyAre() {
        CString latin1 = CString.of("Zürich".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(of("CITY=Zürich", "EMPTY=", "SUM=1+1=2"))
                .containsOnly(
                        Map.entry(text("CITY"), latin1),
                        Map.entry(text("EMPTY"), text("")),
                        Map.entry(text("SUM"), text("1+1=2")));
    }

    @Test
    void whatItsManagerToldTheSupervisorStaysWithIt() {
        assertThat(of(
                        "HOME=/root",
                        "NOTIFY_SOCKET=/run/systemd/notify",
                        "WATCHDOG_PID=17",
                        "LISTEN_FDS=1",
                        "JOURNAL_STREAM=8:1234",
                        "INVOCATION_ID=f00",
                        "CREDENTIALS_DIRECTORY=/run/credentials/handover.service",
                        "HANDOVER_UPGRADE=/run/note.json",
                        "MEMORY_PRESSURE_WATCH=/sys/fs/cgroup/memory.pressure",
                        "SYSTEMD_EXEC_PID=1"))
                .containsOnlyKeys(text("HOME"));
    }

    @Test
    void theLauncherOfTheNextSupervisorIsGivenWhatThatOfThisOneWas() {
        List<CString> environment = Stream.of(
                        "HANDOVER_CHANGED= LC_ALL JAVA_TOOL_OPTIONS HANDOVER_LAUNCHER",
                        "LC_ALL=C.UTF-8",
                        "HANDOVER_GIVEN_JAVA_TOOL_OPTIONS=-Xmx1g",
                        "HANDOVER_LAUNCHER=/opt/handover/bin/supervisord",
                        "HANDOVER_UPGRADE=/run/note.json",
                        "NOTIFY_SOCKET=/run/systemd/notify")
                .map(CString::of)
                .toList();
        assertThat(Inherited.asGiven(environment))
                .containsExactlyInAnyOrder(text("JAVA_TOOL_OPTIONS=-Xmx1g"), text("NOTIFY_SOCKET=/run/systemd/notify"));
    }

    @Test
    void whatTheLauncherChangedForTheJvmIsAsItWasGiven() {
        assertThat(of(
                        "HANDOVER_CHANGED=LC_ALL JAVA_TOOL_OPTIONS",
                        "LC_ALL=C.UTF-8",
                        "HANDOVER_GIVEN_JAVA_TOOL_OPTIONS=-Xmx1g",
                        "LANG=de_CH"))
                .containsOnly(
                        Map.entry(text("JAVA_TOOL_OPTIONS"), text("-Xmx1g")), Map.entry(text("LANG"), text("de_CH")));
    }
}
