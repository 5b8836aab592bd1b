package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.EnvironmentFile;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.OneShot;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.Resource;
import dev.handover.supervisor.terms.RestartSpec;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.StartShare;
import dev.handover.supervisor.terms.WarmUpSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
    private static final ServiceName WEB = new ServiceName("web");

    @TempDir
    private Path folder;

    @Test
    void servicesThatAnotherComesAfterMayStandBehindItInTheFile() throws IOException {
        assertThat(valid("""
                [services.web]
                command = ["sh"]
                after = ["db", "cache"]
                [services.db]
                command = ["sh"]
                after = ["cache"]
                [services.cache]
                command = ["sh"]
                """).services().get(WEB))
                .extracting(ServiceSpec::after)
                .isEqualTo(List.of(new ServiceName("db"), new ServiceName("cache")));
    }

    @Test
    void aServiceThatMayStandInAFileThatIsNotThereIsNotSaidToBeMissing() throws IOException {
        String service = "[services.web]\ncommand = [\"sh\"]\nafter = [\"db\"]\n";
        assertThat(invalid(service)).contains("services.web.after[0]: there is no service 'db'; expected one of web");
        assertThat(invalid("[supervisor]\ninclude = [\"gone/db.toml\"]\n" + service))
                .contains("supervisor.include[0]: ")
                .doesNotContain("after");
    }

    private String invalid(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("handover.toml"), text);
        ConfigurationFile.Result result = ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin"));
        return ((ConfigurationFile.Invalid) result).text();
    }

    @Test
    void absentKeysHaveDefaults() throws IOException {
        assertThat(valid("""
                [services.web]
                command = ["sh"]
                """))
                .isEqualTo(configuration(
                        Path.of("/run/handover/control.sock"),
                        Path.of("/run/handover"),
                        new ServiceSpec(
                                WEB,
                                true,
                                List.of(),
                                List.of("sh"),
                                folder,
                                List.of(),
                                Map.of(),
                                ProcessSettings.INHERITED,
                                List.of(),
                                ReuseportBy.PROGRAM,
                                1,
                                ReadyWhen.NOTIFIED,
                                Duration.ofSeconds(30),
                                new DrainBy.Protocol(),
                                Signal.TERM,
                                SignalsTo.MAIN,
                                Moving.STEERED,
                                Duration.ofSeconds(10),
                                Optional.empty(),
                                Optional.empty(),
                                2,
                                Optional.empty(),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(5),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                RestartSpec.DEFAULT,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())));
    }

    @Test
    void warmUpIsReadWithItsDefaults() throws IOException {
        String service = "[services.web]\ncommand = [\"sh\"]\nlisten = [\"udp://[::1]:53\", \"tcp://[::1]:80\"]\n";
        assertThat(warmUp(service + "warm-up = { http = \"/health?deep=1\" }"))
                .isEqualTo(new WarmUpSpec(false, "/health?deep=1", 500, 4, Duration.ofSeconds(20)));
        assertThat(warmUp(service + """
                [services.web.warm-up]
                https = "/"
                requests = 1000000
                concurrency = 64
                timeout = "2m"
                """)).isEqualTo(new WarmUpSpec(true, "/", 1_000_000, 64, Duration.ofMinutes(2)));
    }

    @Test
    void healthIsReadWithItsDefaults() throws IOException {
        String service = "[services.web]\ncommand = [\"sh\"]\nlisten = [\"tcp://127.0.0.1:80\"]\n";
        assertThat(health(service + "health = { http = \"/healthz\" }"))
                .isEqualTo(new HealthSpec(
                        new HealthSpec.Http(false, "/healthz", 200),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        3,
                        HealthSpec.Then.STEER_AWAY));
        assertThat(health(service + """
                [services.web.health]
                https = "/"
                expect = 204
                interval = "500ms"
                timeout = "2s"
                failures = 1
                unhealthy = "restart"
                """))
                .isEqualTo(new HealthSpec(
                        new HealthSpec.Http(true, "/", 204),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        1,
                        HealthSpec.Then.RESTART));
        assertThat(health(service + "health = { tcp = true }").question()).isEqualTo(new HealthSpec.Tcp());
        assertThat(health(service + "health = { tls = true }").question()).isEqualTo(new HealthSpec.Tls());
        assertThat(health(service + "health = { command = [\"sh\", \"-c\", \"${HANDOVER_ADDRESS} ${HANDOVER_PID}\"] }")
                        .question())
                .isEqualTo(new HealthSpec.Command(List.of("sh", "-c", "${HANDOVER_ADDRESS} ${HANDOVER_PID}")));
    }

    private HealthSpec health(String text) throws IOException {
        return Objects.requireNonNull(valid(text).services().get(WEB)).health().orElseThrow();
    }

    private WarmUpSpec warmUp(String text) throws IOException {
        return Objects.requireNonNull(valid(text).services().get(WEB)).warmUp().orElseThrow();
    }

    @Test
    void theStandbyIsReadAndThereIsNoneByDefault() throws IOException {
        String service = "[services.web]\ncommand = [\"sh\"]\nlisten = [\"tcp://[::1]:80\"]\n";
        assertThat(standby(service)).isEmpty();
        assertThat(standby(service + "standby = \"2m\"")).contains(Duration.ofMinutes(2));
    }

    private Optional<Duration> standby(String text) throws IOException {
        return Objects.requireNonNull(valid(text).services().get(WEB)).standby();
    }

    @Test
    void theCanaryIsReadWithItsDefaults() throws IOException {
        String service = "[services.web]\ncommand = [\"sh\"]\nlisten = [\"tcp://[::]:80?dual-stack\"]\n";
        assertThat(canary(service)).isEmpty();
        List<Percentage> steps =
                Stream.of("1%", "10%", "50%").map(Percentage::parse).toList();
        assertThat(canary(service + "canary = {}"))
                .contains(new CanarySpec(
                        List.of(), steps, Duration.ofSeconds(30), CanarySpec.End.PROMOTE, true, Optional.empty()));
        List<ClientRange> clients = Stream.of("10.1.0.0/16", "2001:db8::/32")
                .map(ClientRange::parse)
                .toList();
        assertThat(canary(service + """
                [services.web.canary]
                clients = ["10.1.0.0/16", "2001:db8::/32"]
                steps = []
                step = "2m"
                end = "pause"
                judge = false
                metric = { command = ["sh", "-c", "test ${HANDOVER_CANARY_SHARE} = 0%"], interval = "20s" }
                """))
                .contains(new CanarySpec(
                        clients,
                        List.of(),
                        Duration.ofMinutes(2),
                        CanarySpec.End.PAUSE,
                        false,
                        Optional.of(new MetricSpec(
                                List.of("sh", "-c", "test ${HANDOVER_CANARY_SHARE} = 0%"),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(5),
                                2))));
    }

    @Test
    void aCanaryHasAsManyRangesAsTheProgramHasRoomForAndNoMore() throws IOException {
        assertThat(canary(withRanges(CanaryShare.MOST_CLIENTS)).orElseThrow().clients())
                .hasSize(CanaryShare.MOST_CLIENTS);
        Path file = Files.writeString(folder.resolve("handover.toml"), withRanges(CanaryShare.MOST_CLIENTS + 1));
        assertThat(((ConfigurationFile.Invalid) ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin"))).text())
                .isEqualTo(file + ":4:12: services.web.canary.clients: 257 ranges; the kernel's program has room"
                        + " for 256: expected fewer, wider ones");
    }

    private static String withRanges(int count) {
        String ranges = IntStream.range(0, count)
                .mapToObj(i -> "\"10." + i / 256 + "." + i % 256 + ".0/24\"")
                .collect(Collectors.joining(", "));
        return "[services.web]\ncommand = [\"sh\"]\nlisten = [\"tcp://127.0.0.1:80\"]\ncanary = { clients = [" + ranges
                + "] }\n";
    }

    private Optional<CanarySpec> canary(String text) throws IOException {
        return Objects.requireNonNull(valid(text).services().get(WEB)).canary();
    }

    @Test
    void quicIsReadWithItsDefaults() throws IOException {
        String service = "[services.web]\ncommand = [\"sh\"]\nlisten = [\"udp://[::1]:443\"]\n";
        assertThat(quic(service + "quic = {}")).isEqualTo(new QuicSpec(0, Duration.ofSeconds(30)));
        assertThat(quic(service + "quic = { tag-offset = 16, quiet = \"2m\" }"))
                .isEqualTo(new QuicSpec(16, Duration.ofMinutes(2)));
    }

    private QuicSpec quic(String text) throws IOException {
        return Objects.requireNonNull(valid(text).services().get(WEB)).quic().orElseThrow();
    }

    @Test
    void quicIsRefusedWhereTagsCouldLeadNobody() throws IOException {
        Path file = Files.writeString(folder.resolve("handover.toml"), """
                [services.web]
                command = ["sh"]
                listen = ["tcp://[::1]:443"]
                workers = 129
                handover = "plain"
                quic = { tag-offset = 17 }
                """);
        ConfigurationFile.Result result = ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin"));
        String told = ((ConfigurationFile.Invalid) result).text();
        assertThat(told)
                .contains(
                        "6:1: services.web.quic: QUIC comes by UDP, and no such listener is declared; expected a udp://"
                                + " one in 'listen'",
                        "6:1: services.web.quic: only a steered handover tells connection ids apart; expected handover ="
                                + " \"steered\"",
                        "6:1: services.web.quic: the connection ids of at most 128 workers can be told apart, not of"
                                + " 129; expected fewer 'workers'",
                        "services.web.quic.tag-offset: expected an integer from 0 to 16, not 17");
    }

    @Test
    void everyKeyIsRead() throws IOException {
        Files.createDirectory(folder.resolve("bin"));
        Files.writeString(folder.resolve("web.env"), "TOKEN=s3cret");
        assertThat(valid("""
                [supervisor]
                control = "sockets/c.sock"
                state = "/var/lib/web"
                include = []

                [services.web]
                command = ["sh", "-c", "exit ${HANDOVER_WORKER}"]
                directory = "./bin"
                environment-file = "web.env"
                environment = { GREETING = "hi", HOME = "${HOME}/web" }
                autostart = false
                umask = "027"
                nice = -20
                start-share = "full"
                user = "www-data"
                group = "33"
                limits = { nofile = 65536, core = 0, stack = "unlimited" }
                log = { file = "web.log", size = "512KiB", keep = 3, prefix = true, stderr = true }
                listen = ["tcp://127.0.0.1:8080", "udp://[::]:53?dual-stack"]
                workers = 2
                ready = "listening"
                ready-timeout = "500ms"
                drain = "SIGUSR1"
                stop-signal = "SIGINT"
                signals-to = "group"
                handover = "plain"
                quiesce-timeout = "3s"
                max-generations = 4
                drain-spread = "4s"
                drain-timeout = "2m"
                kill-grace = "1s"
                heartbeat-timeout = "1h"
                restart = { expected-exits = [0, 255], most = 5, within = "2m" }
                before-start = ["sh", "-c", "true"]
                before-start-timeout = "7s"
                after-flip = ["sh", "-c", "false"]
                after-flip-timeout = "8s"
                """))
                .isEqualTo(configuration(
                        folder.resolve("sockets/c.sock"),
                        Path.of("/var/lib/web"),
                        new ServiceSpec(
                                WEB,
                                false,
                                List.of(),
                                List.of("sh", "-c", "exit ${HANDOVER_WORKER}"),
                                folder.resolve("bin"),
                                List.of(EnvironmentFile.of(folder.resolve("web.env"), Map.of("TOKEN", "s3cret"))),
                                Map.of("GREETING", "hi", "HOME", "${HOME}/web"),
                                new ProcessSettings(
                                        OptionalInt.of(027),
                                        OptionalInt.of(-20),
                                        StartShare.FULL,
                                        Map.of(
                                                Resource.NOFILE,
                                                OptionalLong.of(65536),
                                                Resource.CORE,
                                                OptionalLong.of(0),
                                                Resource.STACK,
                                                OptionalLong.empty()),
                                        Optional.of("www-data"),
                                        Optional.of("33"),
                                        Optional.of(new LogSpec(
                                                folder.resolve("web.log"), OptionalLong.of(512 << 10), 3, true, true))),
                                List.of(
                                        ListenAddress.parse("tcp://127.0.0.1:8080"),
                                        ListenAddress.parse("udp://[::]:53?dual-stack")),
                                ReuseportBy.PROGRAM,
                                2,
                                ReadyWhen.LISTENING,
                                Duration.ofMillis(500),
                                new DrainBy.BySignal(Signal.USR1),
                                Signal.INT,
                                SignalsTo.GROUP,
                                Moving.PLAIN,
                                Duration.ofSeconds(3),
                                Optional.empty(),
                                Optional.empty(),
                                4,
                                Optional.of(Duration.ofSeconds(4)),
                                Duration.ofMinutes(2),
                                Duration.ofSeconds(1),
                                Optional.of(Duration.ofHours(1)),
                                Optional.empty(),
                                Optional.empty(),
                                new RestartSpec(Set.of(0, 255), OptionalInt.of(5), Duration.ofMinutes(2)),
                                Optional.empty(),
                                Optional.of(new OneShot(List.of("sh", "-c", "true"), Duration.ofSeconds(7))),
                                Optional.of(new OneShot(List.of("sh", "-c", "false"), Duration.ofSeconds(8))))));
    }

    @Test
    void aLogIsReadWithItsDefaultsAndMayGrowWithoutEnd() throws IOException {
        assertThat(valid("[services.web]\ncommand = [\"sh\"]\nlog = { file = \"/var/log/web.log\" }")
                        .services()
                        .get(WEB)
                        .settings()
                        .log())
                .contains(new LogSpec(Path.of("/var/log/web.log"), OptionalLong.of(10 << 20), 5, false, false));
        assertThat(valid("[services.web]\ncommand = [\"sh\"]\nlog = { file = \"a\", size = \"unlimited\" }")
                        .services()
                        .get(WEB)
                        .settings()
                        .log()
                        .orElseThrow()
                        .size())
                .isEmpty();
    }

    @Test
    void workersAreEndedByAnySignalThatEndsAndToldToDrainByThoseThatLeaveAChoice() throws IOException {
        for (String name : List.of("SIGKILL", "SIGABRT", "SIGRTMIN", "SIGRTMIN+30")) {
            assertThat(valid("[services.web]\ncommand = [\"sh\"]\nstop-signal = \"" + name + "\"")
                            .services()
                            .get(WEB)
                            .stopSignal())
                    .hasToString(name);
        }
        assertThat(valid("[services.web]\ncommand = [\"sh\"]\ndrain = \"SIGRTMIN+3\"")
                        .services()
                        .get(WEB)
                        .drain())
                .hasToString("SIGRTMIN+3");
    }

    @Test
    void severalServicesAreReadFromAnyFormOfTable() throws IOException {
        assertThat(valid("""
                services.one = { command = ["sh"] }

                [services.two.environment]
                A = "b"

                [services.two]
                command = [
                    "sh",  # with a comment
                ]

                [services."three.eu"]
                command = ["sh"]
                """).services().keySet())
                .extracting(ServiceName::value)
                .containsExactly("one", "three.eu", "two");
    }

    @Test
    void specificAddressBesideAWildcardIsNoConflict() throws IOException {
        assertThat(valid("""
                [services.web]
                command = ["sh"]
                listen = ["tcp://0.0.0.0:80", "tcp://127.0.0.1:80", "udp://0.0.0.0:80", "tcp://[::]:80"]
                """).services().get(WEB).listen()).hasSize(4);
    }

    @Test
    void parentFolderIsLeftToTheKernelSoThatSymbolicLinksMeanWhatTheyDoElsewhere() throws IOException {
        Files.createDirectories(folder.resolve("releases/2/app"));
        Files.createDirectory(folder.resolve("releases/shared"));
        Files.createSymbolicLink(folder.resolve("current"), folder.resolve("releases/2"));
        assertThat(valid("""
                [services.web]
                command = ["sh"]
                directory = "current/../shared"
                """).services().get(WEB).directory().toRealPath())
                .isEqualTo(folder.resolve("releases/shared").toRealPath());
    }

    @Test
    void folderOfAFileNamedRelativelyIsAbsoluteAndPlain() throws IOException {
        Path file = Files.writeString(
                folder.resolve("a.toml"), "[services.web]\ncommand = [\"sh\"]\ndirectory = \"./.\"\n");
        Path relative =
                Path.of("").toAbsolutePath().relativize(file.resolveSibling(".").resolve("a.toml"));
        ConfigurationFile.Result result = ConfigurationFile.read(relative, Map.of());
        Path directory = ((ConfigurationFile.Valid) result)
                .configuration()
                .services()
                .get(WEB)
                .directory();
        assertThat(directory).isAbsolute();
        assertThat(directory + "/").doesNotContain("/./");
        assertThat(directory.toRealPath()).isEqualTo(folder.toRealPath());
    }

    @Test
    void controlPathMayHave87BytesAndNoMore() throws IOException {
        String text = "supervisor.control = \"/" + "é".repeat(43) + "%s\"\n[services.web]\ncommand = [\"sh\"]\n";
        assertThat(valid(text.formatted("")).control().toString().getBytes(StandardCharsets.UTF_8))
                .hasSize(87);

        Path file = Files.writeString(folder.resolve("a.toml"), text.formatted("x"));
        assertThat(ConfigurationFile.read(file, Map.of())).isInstanceOf(ConfigurationFile.Invalid.class);
    }

    @Test
    void byteOrderMarkAndWindowsLineEndsAreTaken() throws IOException {
        assertThat(valid("\ufeff[services.web]\r\ncommand = [\"sh\"]\r\n").services())
                .containsOnlyKeys(WEB);
    }

    @Test
    void whatAServiceLacksOnThisMachineKeepsNoOtherFromBeingRead() throws IOException {
        Path file = Files.writeString(folder.resolve("handover.toml"), """
                [services.gone]
                command = ["sh"]
                directory = "gone"
                [services.web]
                command = ["sh"]
                """);
        ConfigurationFile.Result result = ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin"));
        assertThat(result).isInstanceOf(ConfigurationFile.Valid.class);
        assertThat(((ConfigurationFile.Valid) result).configuration().services())
                .containsOnlyKeys(WEB, new ServiceName("gone"));
        assertThat(((ConfigurationFile.Valid) result).text())
                .isEqualTo(file + ":3:1: services.gone.directory: there is no folder " + folder.resolve("gone"));
    }

    @Test
    void aNameThatNothingSetsConcernsItsServiceAlone() throws IOException {
        Files.writeString(folder.resolve("web.env"), "SHELL_NAME=sh\nEMPTY=");
        assertThat(problems("""
                [services.web]
                command = ["${SHELL_NAME}", "${PATH}${EMPTY}${ADDED}${HANDOVER_WORKER}", "${CITY}$${CITY}"]
                environment-file = "web.env"
                environment = { ADDED = "${PWD}", LATER = "${ADDED}", NOTIFY = "${NOTIFY_SOCKET}" }
                [services.gone]
                command = ["${SHELL_NAME}"]
                environment-file = "gone.env"
                [services.worker]
                command = ["sh-${HANDOVER_WORKER}", "$", "$5", "$$", "$HOME"]
                environment = { PATH = "/opt/${HANDOVER_WORKER}" }
                """))
                .containsExactly(
                        "2:74: services.web.command[2]: nothing sets ${CITY}; expected it in what workers inherit, in"
                                + " environment-file or in environment, or $${CITY} where ${CITY} itself is meant",
                        "4:35: services.web.environment.LATER: nothing sets ${ADDED}; expected it in what workers inherit"
                                + " or in environment-file, or $${ADDED} where ${ADDED} itself is meant",
                        "4:55: services.web.environment.NOTIFY: nothing sets ${NOTIFY_SOCKET}; expected it in what workers"
                                + " inherit or in environment-file, or $${NOTIFY_SOCKET} where ${NOTIFY_SOCKET} itself is"
                                + " meant",
                        "7:1: services.gone.environment-file: there is no file " + folder.resolve("gone.env"));
    }

    private List<String> problems(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("handover.toml"), text);
        ConfigurationFile.Result result =
                ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin", "NOTIFY_SOCKET", "/run/n"));
        return ((ConfigurationFile.Valid) result)
                .problems().stream()
                        .map(problem -> problem.toString().substring((file + ":").length()))
                        .toList();
    }

    @Test
    void fileIsNamedThroughTheLinkThatTheShellWentThrough() throws IOException {
        Path here = Path.of("").toRealPath();
        Path link = Files.createSymbolicLink(folder.resolve("current"), here);
        Path file = Path.of("handover.toml");
        assertThat(ConfigurationFile.named(file, Map.of("PWD", link.toString())))
                .isEqualTo(link.resolve(file));
    }

    @Test
    void shellsWordOfAnotherFolderCountsForNothing() {
        Path file = Path.of("handover.toml");
        for (String pwd : List.of(folder.toString(), folder.resolve("gone").toString(), "relative", "")) {
            assertThat(ConfigurationFile.named(file, Map.of("PWD", pwd))).isEqualTo(file.toAbsolutePath());
        }
        assertThat(ConfigurationFile.named(folder.resolve(file), Map.of("PWD", "/")))
                .isEqualTo(folder.resolve(file));
    }

    private Configuration valid(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("handover.toml"), text);
        ConfigurationFile.Result result =
                ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin", "RUNTIME_DIRECTORY", "/run/handover"));
        assertThat(result).isInstanceOf(ConfigurationFile.Valid.class);
        return ((ConfigurationFile.Valid) result).configuration();
    }

    private static Configuration configuration(Path control, Path state, ServiceSpec service) {
        return new Configuration(control, state, new TreeMap<>(Map.of(service.name(), service)));
    }
}
