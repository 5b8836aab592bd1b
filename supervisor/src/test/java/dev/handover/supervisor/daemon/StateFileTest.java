package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

    private static Memory memory(DrainBy drain, Optional<Duration> heartbeat) {
        ServiceSpec spec = new ServiceSpec(
                WEB,
                List.of("server", "a b"),
                Path.of("/srv"),
                Map.of("GREETING", "h\u00e9 \"you\""),
                List.of(ListenAddress.parse("tcp://[::1]:80"), ListenAddress.parse("udp://[::]:53?dual-stack")),
                2,
                ReadyWhen.LISTENING,
                Duration.ofMillis(1500),
                drain,
                Signal.INT,
                Moving.PLAIN,
                Duration.ofSeconds(1),
                Duration.ofMinutes(2),
                Duration.ofSeconds(3),
                heartbeat);
        Remembered generation = new Remembered(
                spec, new GenerationId(7), GenerationState.QUIESCING, Map.of(2, new ProcessId(4711, 1234567)));
        return new Memory(
                new TreeMap<>(Map.of(WEB, new GenerationId(8))), List.of(generation), List.of(new ServiceName("api")));
    }

    @Test
    void whatIsSavedIsLoaded() throws Exception {
        for (Memory memory : List.of(
                memory(new DrainBy.Protocol(), Optional.empty()),
                memory(new DrainBy.Idle(), Optional.empty()),
                memory(new DrainBy.BySignal(Signal.QUIT), Optional.of(Duration.ofSeconds(9))),
                Memory.EMPTY)) {
            try (StateFile file = StateFile.open(path)) {
                file.save(memory);
                assertThat(file.load()).isEqualTo(memory);
            }
        }
    }

    @Test
    void noProcessOfAnEarlierStartOfTheMachineIsTakenForAWorker() throws Exception {
        Memory memory = memory(new DrainBy.Protocol(), Optional.empty());
        try (StateFile file = StateFile.open(path)) {
            file.save(memory);
            String saved = Files.readString(path);
            assertThat(saved).contains(Processes.bootId());
            Files.writeString(path, saved.replace(Processes.bootId(), "11111111-2222-3333-4444-555555555555"));
            assertThat(file.load()).isEqualTo(new Memory(memory.newest(), List.of(), memory.stopped()));
        }
    }

    @Test
    void withoutAFileThereIsNothingToRemember() throws Exception {
        try (StateFile file = StateFile.open(path)) {
            assertThat(file.load()).isEqualTo(Memory.EMPTY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"newest\":{\"web\":0},\"generations\":[],\"stopped\":[]}"})
    void aFileThatCannotBeUnderstoodIsNotTakenForAnEmptyOne(String text) throws Exception {
        Files.writeString(path, text);
        try (StateFile file = StateFile.open(path)) {
            assertThatThrownBy(file::load)
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining(path + " is not a state file of this version")
                    .hasMessageContaining("remove it to begin with generation 1");
        }
    }
}
