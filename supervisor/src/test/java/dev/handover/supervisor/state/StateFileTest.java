package dev.handover.supervisor.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.EnvironmentFile;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.LogSpec;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.GivenUp;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Memory.Stopped;
import dev.handover.supervisor.terms.MetricSpec;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.OneShot;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Percentage;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ProcessSettings;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Resource;
import dev.handover.supervisor.terms.RestartSpec;
import dev.handover.supervisor.terms.ReuseportBy;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import dev.handover.supervisor.terms.SignalsTo;
import dev.handover.supervisor.terms.SpecDraft;
import dev.handover.supervisor.terms.StartShare;
import dev.handover.supervisor.terms.Total;
import dev.handover.supervisor.terms.Totals;
import dev.handover.supervisor.terms.WarmUpSpec;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFileTest {
    private static final ServiceName WEB = new ServiceName("web");

    private final Path path;

    StateFileTest(@TempDir Path folder) {
        path = folder.resolve("control.sock.state");
    }

    @Test
    void onlyItsOwnerMayReadWhatIsSecretInAnEnvironment() throws Exception {
        try (StateFile file = StateFile.open(path)) {
            file.save(Memory.EMPTY);
            file.save(Memory.EMPTY);
        }
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    /** fcntl(2): who may read the lock file could lock it, such as a worker of another user, and no supervisor could start. */
    @Test
    void nobodyElseCanLockTheStateAlsoWhereAnEarlierVersionMadeTheLock() throws Exception {
        Path lock = Files.createFile(path.resolveSibling("control.sock.state.lock"));
        Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("rw-r--r--"));
        StateFile.open(path).close();
        assertThat(Files.getPosixFilePermissions(lock)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Files.delete(lock);
        StateFile.open(path).close();
        assertThat(Files.getPosixFilePermissions(lock)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aLinkInTheLocksPlaceIsNotFollowed() throws Exception {
        Path elsewhere = path.resolveSibling("elsewhere");
        Files.createSymbolicLink(path.resolveSibling("control.sock.state.lock"), elsewhere);
        assertThatThrownBy(() -> StateFile.open(path)).isInstanceOf(StartFailure.class);
        assertThat(elsewhere).doesNotExist();
    }

    /** In a folder like /tmp anybody could put one there, and it says what to run. */
    @Test
    void aStateFileThatIsNotTheSupervisorsOwnIsNotBelieved() throws Exception {
        try (StateFile file = StateFile.open(path)) {
            file.save(Memory.EMPTY);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
            assertThatThrownBy(file::load)
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("others than its owner may write to it");
            Files.move(path, path.resolveSibling("real"));
            Files.createSymbolicLink(path, path.resolveSibling("real"));
            assertThatThrownBy(file::load)
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("it is a symbolic link");
        }
    }

    @Test
    void aStateFileOfAnotherUserIsNotBelieved() throws Exception {
        assumeTrue(Processes.ownUid() == 0, "only root can give a file away");
        try (StateFile file = StateFile.open(path)) {
            file.save(Memory.EMPTY);
            Files.setAttribute(path, "unix:uid", 65534);
            assertThatThrownBy(file::load)
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("it belongs to uid 65534, and this supervisor is uid 0");
        }
    }

    @Test
    void aFolderThatIsNoneIsNamedWithTheKeyThatNamesIt() throws Exception {
        Path file = Files.createFile(path.resolveSibling("file"));
        assertThatThrownBy(() -> StateFile.open(file.resolve("control.sock.state")))
                .isInstanceOf(StartFailure.class)
                .hasMessage("the state can't be kept in " + file + "/control.sock.state (" + file
                        + " is no folder): nothing is started; [supervisor] state names the folder");
    }

    private static Memory memory(DrainBy drain, Optional<Duration> heartbeat) {
        return memory(List.of(), ProcessSettings.INHERITED, drain, heartbeat, Optional.empty(), RestartSpec.DEFAULT);
    }

    private static Optional<HealthSpec> health(DrainBy drain, Optional<Duration> heartbeat) {
        HealthSpec.Question question = drain instanceof DrainBy.Idle
                ? new HealthSpec.Http(true, "/z?a", 204)
                : drain instanceof DrainBy.Protocol
                        ? new HealthSpec.Tls()
                        : drain instanceof DrainBy.BySignal
                                ? new HealthSpec.Command(List.of("check", "it"))
                                : new HealthSpec.Tcp();
        return heartbeat.isPresent()
                ? Optional.empty()
                : Optional.of(new HealthSpec(
                        question, Duration.ofSeconds(7), Duration.ofMillis(8), 9, HealthSpec.Then.RESTART));
    }

    private static Memory memory(
            List<EnvironmentFile> files,
            ProcessSettings settings,
            DrainBy drain,
            Optional<Duration> heartbeat,
            Optional<WarmUpSpec> warmUp,
            RestartSpec restart) {
        ServiceSpec spec = new ServiceSpec(
                WEB,
                heartbeat.isPresent(),
                heartbeat.isPresent() ? List.of() : List.of(new ServiceName("db"), new ServiceName("a")),
                List.of("server", "a b"),
                Path.of("/srv"),
                files,
                Map.of("GREETING", "h\u00e9 \"you\""),
                settings,
                List.of(ListenAddress.parse("tcp://[::1]:80"), ListenAddress.parse("udp://[::]:53?dual-stack")),
                ReuseportBy.PROGRAM,
                2,
                ReadyWhen.LISTENING,
                Duration.ofMillis(1500),
                drain,
                Signal.INT,
                heartbeat.isPresent() ? SignalsTo.MAIN : SignalsTo.GROUP,
                Moving.PLAIN,
                Duration.ofSeconds(1),
                warmUp.map(any -> Duration.ofSeconds(90)),
                warmUp.map(any -> new CanarySpec(
                        List.of(ClientRange.parse("10.1.0.0/16"), ClientRange.parse("2001:db8::/32")),
                        List.of(Percentage.parse("0.5%"), Percentage.parse("100%")),
                        Duration.ofSeconds(9),
                        CanarySpec.End.PAUSE,
                        false,
                        Optional.of(new MetricSpec(
                                List.of("./rate", "it's"), Duration.ofSeconds(7), Duration.ofSeconds(3), 4)))),
                warmUp.isPresent() ? 7 : 2,
                warmUp.map(any -> Duration.ofSeconds(4)),
                Duration.ofMinutes(2),
                Duration.ofSeconds(3),
                heartbeat,
                warmUp,
                health(drain, heartbeat),
                restart,
                warmUp.map(any -> new QuicSpec(3, Duration.ofSeconds(7))),
                restart.most().isPresent()
                        ? Optional.of(new OneShot(List.of("a b", ""), Duration.ofMillis(7)))
                        : Optional.empty(),
                warmUp.map(any -> new OneShot(List.of("c"), Duration.ofMillis(8))));
        Remembered generation = new Remembered(
                spec,
                new GenerationId(7),
                GenerationState.QUIESCING,
                Map.of(2, new ProcessId(4711, 1234567)),
                warmUp.isPresent());
        Instant at = Instant.parse("2026-03-01T12:00:00.250Z");
        LastReload failed = new LastReload(
                at,
                Optional.of(new GenerationId(8)),
                ReloadOutcome.FAILED,
                "it broke",
                List.of("bind", ""),
                Optional.empty());
        LastReload done = new LastReload(
                at, Optional.empty(), ReloadOutcome.COMPLETED, "fine", List.of(), Optional.of("lossless"));
        return new Memory(
                new TreeMap<>(Map.of(WEB, new GenerationId(8))),
                List.of(generation),
                new TreeMap<>(Map.of(
                        new ServiceName("api"), new Stopped(Optional.of(at), "pid 4711 of uid 1000"),
                        new ServiceName("dns"), new Stopped(Optional.empty(), ""))),
                new TreeMap<>(Map.of(WEB, failed, new ServiceName("api"), done)),
                new TreeMap<>(Map.of(new ServiceName("mail"), new GivenUp(at, "it broke", List.of("bind", "")))),
                new TreeMap<>(Map.of(
                        WEB,
                        List.of(
                                new PastReload(
                                        new GenerationId(7), at, ReloadOutcome.COMPLETED, "fine", generation.spec()),
                                new PastReload(
                                        new GenerationId(8),
                                        at,
                                        ReloadOutcome.FAILED,
                                        "it broke",
                                        SpecDraft.service("web").spec())))),
                new TreeMap<>(Map.of(WEB, new Totals(Map.of(Total.LOSSLESS, 7L, Total.FLIP_NANOS, 1L << 40)))));
    }

    @Test
    void whatIsSavedIsLoaded() throws Exception {
        for (Memory memory : List.of(
                memory(new DrainBy.Protocol(), Optional.empty()),
                memory(
                        List.of(
                                EnvironmentFile.of(Path.of("/etc/web.env"), Map.of("TOKEN", "s=1")),
                                EnvironmentFile.unusable(Path.of("/etc/gone.env"), "there is no file /etc/gone.env")),
                        new ProcessSettings(
                                OptionalInt.of(027),
                                OptionalInt.of(-5),
                                StartShare.FULL,
                                Map.of(Resource.NOFILE, OptionalLong.of(65536), Resource.CORE, OptionalLong.empty()),
                                Optional.of("www-data"),
                                Optional.of("33"),
                                Optional.of(new LogSpec(
                                        Path.of("/var/log/web.log"), OptionalLong.of(4096), 3, true, false))),
                        new DrainBy.Idle(),
                        Optional.empty(),
                        Optional.of(new WarmUpSpec(true, "/a?b", 7, 3, Duration.ofMillis(1500))),
                        new RestartSpec(Set.of(0, 255), OptionalInt.of(5), Duration.ofSeconds(7))),
                memory(new DrainBy.BySignal(Signal.QUIT), Optional.of(Duration.ofSeconds(9))),
                memory(new DrainBy.BySignal(Signal.named("RTMIN+3")), Optional.empty()),
                Memory.EMPTY)) {
            try (StateFile file = StateFile.open(path)) {
                file.save(memory);
                assertThat(file.load()).isEqualTo(memory);
            }
        }
    }

    @Test
    void aGenerationThatStandsByIsToAnEarlierVersionOneThatLeaves() throws Exception {
        Memory leaving = memory(new DrainBy.Protocol(), Optional.empty());
        Memory standingBy = leaving.withGenerations(leaving.generations().stream()
                .map(generation -> generation.in(GenerationState.STANDBY))
                .toList());
        try (StateFile file = StateFile.open(path)) {
            file.save(standingBy);
            assertThat(file.load()).isEqualTo(standingBy);
        }
        assertThat(Files.readString(path)).contains("QUIESCING").doesNotContain("STANDBY");
    }

    @Test
    void noProcessOfAnEarlierStartOfTheMachineIsTakenForAWorker() throws Exception {
        Memory memory = memory(new DrainBy.Protocol(), Optional.empty());
        try (StateFile file = StateFile.open(path)) {
            file.save(memory);
            String saved = Files.readString(path);
            assertThat(saved).contains(Processes.bootId());
            Files.writeString(path, saved.replace(Processes.bootId(), "11111111-2222-3333-4444-555555555555"));
            assertThat(file.load()).isEqualTo(memory.withoutProcesses());
        }
    }

    @Test
    void withoutAFileThereIsNothingToRemember() throws Exception {
        try (StateFile file = StateFile.open(path)) {
            assertThat(file.load()).isEqualTo(Memory.EMPTY);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"newest\":{\"web\":0}}",
                "{\"newest\":7}",
                "{\"version\":\"1\"}",
                "{\"stopped\":[{}]}",
                "{\"generations\":[{\"id\":1}]}",
                "\u00e9"
            })
    void aFileThatCannotBeUnderstoodIsNotTakenForAnEmptyOne(String text) throws Exception {
        Files.writeString(path, text);
        try (StateFile file = StateFile.open(path)) {
            assertThatThrownBy(file::load)
                    .isInstanceOf(StartFailure.class)
                    .hasMessageStartingWith(path + " can't be understood (")
                    .hasMessageEndingWith("end these and remove the file to begin with generation 1")
                    .hasMessageContaining("nothing is started, and the workers that run serve on")
                    .message()
                    .hasLineCount(1);
        }
    }

    /** As a loss of power may leave it, where the disk had not got it yet. */
    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0\0\0", "{\"newest\":{\"we"})
    void oneThatIsDamagedAndOlderThanTheMachinesStartIsPutAside(String text) throws Exception {
        Files.writeString(path, text);
        try (StateFile file = StateFile.open(path)) {
            assertThat(file.putAsideIfDamaged()).as("of this start").isEmpty();
            Files.setLastModifiedTime(path, FileTime.from(Processes.bootedAt().minusSeconds(60)));
            assertThat(file.putAsideIfDamaged()).contains(path.resolveSibling(path.getFileName() + ".damaged"));
            assertThat(file.load()).isEqualTo(Memory.EMPTY);
            assertThat(file.putAsideIfDamaged()).isEmpty();
        }
    }

    @Test
    void aLaterVersionsFileIsNotPutAside() throws Exception {
        Files.writeString(path, "{\"version\":2,\"workers\":\"otherwise\"}");
        Files.setLastModifiedTime(path, FileTime.from(Processes.bootedAt().minusSeconds(60)));
        try (StateFile file = StateFile.open(path)) {
            assertThat(file.putAsideIfDamaged()).isEmpty();
        }
    }

    @Test
    void aLaterVersionsFileIsRefusedByName() throws Exception {
        Files.writeString(path, "{\"version\":2,\"workers\":\"otherwise\"}");
        try (StateFile file = StateFile.open(path)) {
            assertThatThrownBy(file::load)
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining(
                            "was written by a newer Handover (state version 2; this one knows 1 and earlier)")
                    .hasMessageContaining("the workers that run serve on");
        }
    }

    /** In place of each value that the file has, in turn, another kind of one, an extreme, or none. */
    @Test
    void whateverIsDamagedIsToldInALine() throws Exception {
        List<String> damages =
                List.of("null", "-1", "0", "99999999999", "1e400", "\"\"", "\"x\"", "[]", "{}", "[null]");
        int damaged = 0;
        try (StateFile file = StateFile.open(path)) {
            file.save(memory(new DrainBy.BySignal(Signal.QUIT), Optional.empty()));
            String whole = Files.readString(path);
            Matcher value =
                    Pattern.compile("(?<=[:\\[,])(\"[^\"]*\"(?!:)|-?\\d+)").matcher(whole);
            while (value.find()) {
                for (String damage : damages) {
                    Files.writeString(path, whole.substring(0, value.start()) + damage + whole.substring(value.end()));
                    damaged++;
                    try {
                        file.load();
                    } catch (StartFailure told) {
                        assertThat(told.getMessage()).doesNotContain("\n").contains("nothing is started");
                    }
                }
            }
        }
        assertThat(damaged).isGreaterThan(300);
    }

    @Test
    void whatIsWrongIsToldByItsPlace() throws Exception {
        try (StateFile file = StateFile.open(path)) {
            file.save(memory(new DrainBy.Protocol(), Optional.empty()));
            String saved = Files.readString(path);
            Files.writeString(path, saved.replace("\"QUIESCING\"", "\"FLYING\""));
            assertThatThrownBy(file::load).hasMessageContaining("generations[0].state: 'FLYING' means nothing here");
            Files.writeString(path, saved.replace("\"workers\":2,", ""));
            assertThatThrownBy(file::load)
                    .hasMessageContaining("generations[0].spec.workers: missing; expected a number");
        }
    }

    /** One file of each version that was ever released, as that version wrote it; but for the machine's start. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void filesOfEachVersionAreReadWithDefaultsForWhatTheyLack(int version) throws Exception {
        try (InputStream there =
                Objects.requireNonNull(getClass().getResourceAsStream("version-" + version + ".json"))) {
            String text = new String(there.readAllBytes(), StandardCharsets.UTF_8);
            Files.writeString(path, text.replace("BOOT", Processes.bootId()));
        }
        try (StateFile file = StateFile.open(path)) {
            Memory now = memory(new DrainBy.BySignal(Signal.QUIT), Optional.of(Duration.ofSeconds(9)));
            assertThat(file.load())
                    .isEqualTo(new Memory(
                            now.newest(),
                            now.generations(),
                            new TreeMap<>(Map.of(new ServiceName("api"), new Stopped(Optional.empty(), ""))),
                            new TreeMap<>(),
                            new TreeMap<>(),
                            new TreeMap<>()));
        }
    }
}
