package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.WorkerId;
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
            List.of("server", "--log", "/tmp/${HANDOVER_SERVICE}-${HANDOVER_GENERATION}-${HANDOVER_WORKER}", "${HOME}"),
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
        Map<String, String> environment = new HashMap<>(own);
        new WorkerCommand(WORKER, SPEC).fill(environment, Path.of("/run/c.workers"), Path.of("/run/c.notify"));
        return environment;
    }

    @Test
    void aWorkerIsASessionOfItsOwnAndOnlyOurNamesAreReplaced() {
        assertThat(new WorkerCommand(WORKER, SPEC).words())
                .containsExactly("setsid", "server", "--log", "/tmp/web-7-2", "${HOME}");
    }

    @Test
    void theEnvironmentSaysWhoItIsAndWhereToSpeak() {
        assertThat(environment(Map.of("HOME", "/root", "LANG", "de")))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("HOME", "/root"),
                        Map.entry("LANG", "C"),
                        Map.entry("PORT", "2"),
                        Map.entry("HANDOVER_SERVICE", "web"),
                        Map.entry("HANDOVER_GENERATION", "7"),
                        Map.entry("HANDOVER_WORKER", "2"),
                        Map.entry("HANDOVER_SOCKET", "/run/c.workers"),
                        Map.entry("HANDOVER_LISTEN", "tcp://127.0.0.1:80 udp://[::]:53?dual-stack"),
                        Map.entry("NOTIFY_SOCKET", "/run/c.notify"),
                        Map.entry("WATCHDOG_USEC", "3000000")));
    }

    @Test
    void whatOurOwnServiceManagerToldUsIsNotPassedOn() {
        assertThat(environment(Map.of("NOTIFY_SOCKET", "/run/systemd/notify", "WATCHDOG_PID", "17", "LISTEN_FDS", "1")))
                .containsEntry("NOTIFY_SOCKET", "/run/c.notify")
                .doesNotContainKeys("WATCHDOG_PID", "LISTEN_FDS");
    }
}
