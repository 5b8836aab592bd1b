package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.EnvironmentFile;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.RestartSpec;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerCommandTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(7), 2);
    private static final Map<CString, CString> INHERITED =
            Map.of(CString.of("PATH"), CString.of("/no/such/folder:/bin"));
    private static final Map<String, String> ADDED =
            Map.of("PORT", "8${HANDOVER_WORKER}", "LANG", "C.${LANG}", "HERE", "${PWD}");

    private static ServiceSpec spec(Map<String, String> environment, String... command) {
        return new ServiceSpec(
                WORKER.service(),
                true,
                List.of(),
                List.of(command),
                Path.of("/"),
                List.of(
                        EnvironmentFile.of(Path.of("/one.env"), Map.of("LANG", "fr", "HOME", "/one", "TOKEN", "1")),
                        EnvironmentFile.of(Path.of("/two.env"), Map.of("TOKEN", "${HANDOVER_WORKER}"))),
                environment,
                ProcessSettings.INHERITED,
                List.of(ListenAddress.parse("tcp://127.0.0.1:80"), ListenAddress.parse("udp://[::]:53?dual-stack")),
                ReuseportBy.PROGRAM,
                2,
                ReadyWhen.NOTIFIED,
                SECOND,
                new DrainBy.Protocol(),
                Signal.TERM,
                SignalsTo.MAIN,
                Moving.STEERED,
                SECOND,
                Optional.empty(),
                Optional.empty(),
                2,
                Optional.empty(),
                SECOND,
                SECOND,
                Optional.of(Duration.ofSeconds(3)),
                Optional.empty(),
                Optional.empty(),
                RestartSpec.DEFAULT,
                Optional.of(new QuicSpec(5, SECOND)),
                Optional.empty(),
                Optional.empty());
    }

    private static Program program(Map<CString, CString> inherited, ServiceSpec spec) throws IOException {
        return new WorkerCommand(WORKER, spec)
                .program(
                        inherited,
                        Optional.empty(),
                        Path.of("/run/c.workers"),
                        Path.of("/run/c.notify"),
                        Path.of("/run/out"));
    }

    private static Map<String, String> environment(Map<String, String> own) throws IOException {
        return environment(WORKER, own);
    }

    private static Map<String, String> environment(WorkerId worker, Map<String, String> own) throws IOException {
        Map<CString, CString> inherited = new HashMap<>();
        own.forEach((name, value) -> inherited.put(CString.of(name), CString.of(value)));
        Map<String, String> environment = new HashMap<>();
        new WorkerCommand(worker, spec(ADDED, "sh"))
                .environment(inherited, Optional.empty(), Path.of("/run/c.workers"), Path.of("/run/c.notify"))
                .forEach((name, value) -> environment.put(name.toString(), value.toString()));
        return environment;
    }

    @Test
    void whatIsAnotherForEachWorkerIsReplaced() throws Exception {
        String log = "/tmp/${HANDOVER_SERVICE}-${HANDOVER_GENERATION}-${HANDOVER_WORKER}";
        assertThat(program(INHERITED, spec(ADDED, "sh", "--log", log)).words())
                .extracting(CString::toString)
                .containsExactly("sh", "--log", "/tmp/web-7-2");
    }

    @Test
    void theProgramIsLookedForOnThePathThatItGetsAndCalledByItsName() throws Exception {
        assertThat(program(INHERITED, spec(ADDED, "sh")).file()).isEqualTo(Path.of("/bin/sh"));
        assertThat(program(
                                Map.of(CString.of("TOP"), CString.of("bin"), CString.of("PATH"), CString.of("/none")),
                                spec(Map.of("PATH", "${PATH}:/${TOP}"), "sh"))
                        .file())
                .isEqualTo(Path.of("/bin/sh"));
    }

    @Test
    void namesAreReplacedByWhatTheProgramGetsByteForByte() throws Exception {
        CString latin1 = CString.of("Z\u00fcrich".getBytes(StandardCharsets.ISO_8859_1));
        Map<CString, CString> inherited = new HashMap<>(INHERITED);
        inherited.put(CString.of("CITY"), latin1);
        ServiceSpec spec =
                spec(ADDED, "sh", "${CITY}", "p:${PORT}", "${TOKEN} ${LANG} $HOME $$5 $$$$", "$${CITY}", "$$${LANG}$");
        assertThat(program(inherited, spec).words())
                .containsExactly(
                        CString.of("sh"),
                        latin1,
                        CString.of("p:82"),
                        CString.of("${HANDOVER_WORKER} C.fr $HOME $5 $$"),
                        CString.of("${CITY}"),
                        CString.of("$C.fr$"));
    }

    @Test
    void aNameThatNothingSetsKeepsItsServiceFromStarting() {
        assertThatThrownBy(() -> program(INHERITED, spec(ADDED, "sh", "${CITY}")))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "nothing sets ${CITY}; expected it in what workers inherit, in environment-file or in environment,"
                                + " or $${CITY} where ${CITY} itself is meant");
    }

    @ParameterizedTest
    @ValueSource(ints = {WorkerId.BEFORE_START, WorkerId.AFTER_FLIP})
    void aCommandBesideTheWorkersIsToldNoSocket(int number) throws Exception {
        WorkerId command = new WorkerId(WORKER.service(), WORKER.generation(), number);

        assertThat(environment(command, Map.of()))
                .containsEntry("HANDOVER_SERVICE", "web")
                .containsEntry("HANDOVER_GENERATION", "7")
                .containsEntry("HANDOVER_WORKER", "0")
                .containsEntry("PORT", "80")
                .doesNotContainKeys("HANDOVER_SOCKET", "HANDOVER_LISTEN", "NOTIFY_SOCKET", "WATCHDOG_USEC");
    }

    @Test
    void theEnvironmentSaysWhoItIsAndWhereToSpeak() throws Exception {
        assertThat(environment(Map.of("HOME", "/root", "LANG", "de", "PWD", "/where/the/supervisor/was/started")))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("HOME", "/one"),
                        Map.entry("TOKEN", "${HANDOVER_WORKER}"),
                        Map.entry("LANG", "C.fr"),
                        Map.entry("HERE", "/"),
                        Map.entry("PORT", "82"),
                        Map.entry("PWD", "/"),
                        Map.entry("HANDOVER_SERVICE", "web"),
                        Map.entry("HANDOVER_GENERATION", "7"),
                        Map.entry("HANDOVER_WORKER", "2"),
                        Map.entry("HANDOVER_SOCKET", "/run/c.workers"),
                        Map.entry("HANDOVER_LISTEN", "tcp://127.0.0.1:80 udp://[::]:53?dual-stack"),
                        Map.entry("HANDOVER_QUIC_TAG", "7db0af39"),
                        Map.entry("HANDOVER_QUIC_TAG_OFFSET", "5"),
                        Map.entry("NOTIFY_SOCKET", "/run/c.notify"),
                        Map.entry("WATCHDOG_USEC", "3000000")));
    }
}
