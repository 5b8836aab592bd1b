package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.chronicle.Chronicle;
import dev.handover.supervisor.chronicle.ChronicleFile;
import dev.handover.supervisor.control.HappeningJson;
import dev.handover.supervisor.linux.SystemdNotifier;
import dev.handover.supervisor.state.StateFile;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Memory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Event> inbox = new ArrayList<>();

    /** As on a disk that is full or gone. */
    @Test
    void aStateThatCannotBeSavedIsSaidOnceTriedAgainAndSaidToBeSavedAgain(@TempDir Path folder) throws Exception {
        Path states = folder.resolve("states");
        try (Log log = new Log(Level.INFO, true, out, Optional.empty());
                StateFile state = StateFile.open(states.resolve("c.sock.state"));
                Chronicle chronicle = new Chronicle(
                        new ChronicleFile(folder.resolve("events"), log::warn), HappeningJson::of, log::warn)) {
            Upkeep upkeep = new Upkeep(
                    state,
                    chronicle,
                    new Systemd(SystemdNotifier.of(Map.of(), 1), Map.of(), log),
                    http -> {},
                    told -> {},
                    inbox::add,
                    log);
            Files.move(states, folder.resolve("moved"));
            Files.createFile(states);
            upkeep.perform(new Effect.Save(Memory.EMPTY));
            upkeep.perform(new Effect.Save(Memory.EMPTY));
            assertThat(inbox).containsExactly(new Event.NotSaved(), new Event.NotSaved());
            Files.delete(states);
            upkeep.perform(new Effect.Save(Memory.EMPTY));
            assertThat(inbox).hasSize(2);
            assertThat(states.resolve("c.sock.state")).exists();
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .satisfiesExactly(
                        failed -> assertThat(failed).startsWith("<3>the state can't be saved: "),
                        saved -> assertThat(saved).isEqualTo("<6>the state is saved again"));
    }
}
