package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkerCommandTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(7), 2);
    private static final ServiceSpec SPEC = new ServiceSpec(
            WORKER.service(),
            List.of("sh", "--log", "/tmp/${HANDOVER_SERVICE}-${HANDOVER_GENERATION}-${HANDOVER_WORKER}", "${HOME}"),
            Path.of("/"),
            Map.of("PORT", "${HANDOVER_WORKER}", "LANG", "C"),
            List.of(ListenAddress.parse("tcp://127.0.0.1:80"), ListenAddress.parse("udp://[::]:53?dual-stack")),
            2,
            ReadyWhen.NOTIFIED,
            SECOND,
            new DrainBy.Protocol(),
            Signal.TERM,
            Moving.STEERED,
            SECOND,
            SECOND,
            SECOND,
            Optional.of(Duration.ofSeconds(3)));

    private static Map<String, String> environment(Map<String, String> own) {
        Map<CString, CString> inherited = new HashMap<>();
        own.forEach((name, value) -> inherited.put(CString.of(name), CString.of(value)));
        Map<String, String> environment = new HashMap<>();
        new WorkerCommand(WORKER, SPEC)
                .environment(inherited, Path.of("/run/c.workers"), Path.of("/run/c.notify"))
                .forEach((name, value) -> environment.put(name.toString(), value.toString()));
        return environment;
    }

    @Test
    void onlyOurNamesAreReplaced() throws Exception {
        assertThat(program().words())
                .extracting(CString::toString)
                .containsExactly("sh", "--log", "/tmp/web-7-2", "${HOME}");
    }

    @Test
    void theProgramIsLookedForOnThePathOfTheSupervisorAndCalledByItsName() throws Exception {
        assertThat(program().file()).isEqualTo(Path.of("/bin/sh"));
    }

    private static Program program() throws IOException {
        return new WorkerCommand(WORKER, SPEC)
                .program(
                        Map.of(CString.of("PATH"), CString.of("/no/such/folder:/bin")),
                        Path.of("/run/c.workers"),
                        Path.of("/run/c.notify"),
                        Path.of("/run/out"));
    }

    @Test
    void theEnvironmentSaysWhoItIsAndWhereToSpeak() {
        assertThat(environment(Map.of("HOME", "/root", "LANG", "de", "PWD", "/where/the/supervisor/was/started")))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("HOME", "/root"),
                        Map.entry("LANG", "C"),
                        Map.entry("PORT", "2"),
                        Map.entry("PWD", "/"),
                        Map.entry("HANDOVER_SERVICE", "web"),
                        Map.entry("HANDOVER_GENERATION", "7"),
                        Map.entry("HANDOVER_WORKER", "2"),
                        Map.entry("HANDOVER_SOCKET", "/run/c.workers"),
                        Map.entry("HANDOVER_LISTEN", "tcp://127.0.0.1:80 udp://[::]:53?dual-stack"),
                        Map.entry("NOTIFY_SOCKET", "/run/c.notify"),
                        Map.entry("WATCHDOG_USEC", "3000000")));
    }
}
