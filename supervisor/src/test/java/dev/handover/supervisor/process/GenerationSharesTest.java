package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.Cgroup;
import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On files in a folder, which is what the kernel's look like, whatever controllers this machine has. */
class GenerationSharesTest {
    private static final ProcessId FIRST = new ProcessId(11, 1);
    private static final ProcessId SECOND = new ProcessId(12, 1);
    private static final ProcessId OF_ANOTHER = new ProcessId(13, 1);

    @TempDir
    Path folder;

    private final List<String> troubles = new ArrayList<>();
    private GenerationShares shares;

    @BeforeEach
    void makeGenerations() throws IOException {
        for (String name : List.of("web-g7", "web-g8")) {
            Files.createDirectory(folder.resolve(name));
            Files.writeString(weight(name), "100\n");
        }
        shares = new GenerationShares(
                process -> Optional.of(new Cgroup(folder.resolve(process.equals(OF_ANOTHER) ? "web-g7" : "web-g8"))),
                troubles::add);
    }

    private Path weight(String generation) {
        return folder.resolve(generation).resolve("cpu.weight");
    }

    @Test
    void aGenerationIsLowUntilTheLastOfItsWorkersIsToHaveItsWholeShare() {
        assertThat(shares.lower(FIRST)).isTrue();
        assertThat(shares.lower(SECOND)).isTrue();
        assertThat(weight("web-g8")).hasContent("10");
        assertThat(weight("web-g7")).hasContent("100");

        shares.restore(FIRST);
        shares.restore(OF_ANOTHER);
        assertThat(weight("web-g8")).hasContent("10");
        shares.restore(SECOND);
        assertThat(weight("web-g8")).hasContent("100");
        assertThat(troubles).isEmpty();
    }

    @Test
    void whatAnEarlierSupervisorTookIsGivenBackAndWhatAnotherSetIsLeft() throws IOException {
        Files.writeString(weight("web-g8"), "10\n");
        Files.writeString(weight("web-g7"), "50\n");
        shares.adopt(FIRST);
        shares.adopt(OF_ANOTHER);
        assertThat(weight("web-g8")).hasContent("100");
        assertThat(weight("web-g7")).hasContent("50");
    }

    @Test
    void whereTheCpuIsNotSharedOutTheCallerIsToldSo() throws IOException {
        Files.delete(weight("web-g8"));
        assertThat(shares.lower(FIRST)).isFalse();
        shares.restore(FIRST);
        assertThat(troubles).isEmpty();
    }
}
