package dev.handover.supervisor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.SpecDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpgradesTest {
    private final Upgrades upgrades;
    private final Path folder;
    private final List<String> troubles = new ArrayList<>();

    UpgradesTest(@TempDir Path state) throws IOException {
        ServiceSpec web = SpecDraft.service("web").spec();
        Configuration configuration =
                new Configuration(state.resolve("c.sock"), state, new TreeMap<>(Map.of(web.name(), web)));
        upgrades = new Upgrades(configuration, "1.0");
        folder = Upgrades.folder(configuration);
        Files.createDirectory(folder);
    }

    @Test
    void oneThatFailsIsInNobodysWay() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(upgrades::tryNext)
                    .isInstanceOf(IOException.class)
                    .hasMessage("this supervisor was not started by its launcher, supervisord");
        }
    }

    @Test
    void whateverLiesInTheFolderIsCleared() throws Exception {
        Files.writeString(folder.resolve("previous.jar.new"), "");
        Files.createDirectory(folder.resolve("of-a-later-version"));
        upgrades.clear(troubles::add);
        assertThat(folder).doesNotExist();
        upgrades.clear(troubles::add);
        assertThat(troubles).isEmpty();
    }

    @Test
    void whatCannotBeClearedIsToldOf() {
        Path kernels = Path.of("/proc/self/ns"); // nobody may remove anything there
        Upgrades.clear(kernels, troubles::add);
        assertThat(troubles).singleElement().asString().startsWith(kernels + " is left behind: " + kernels + "/");
    }

    @Test
    void whereALinkLeadsToIsLeftAlone() throws Exception {
        Path other = Files.createDirectory(folder.resolveSibling("other"));
        Files.writeString(other.resolve("file"), "");
        Files.createSymbolicLink(folder.resolve("link"), other);
        upgrades.clear(troubles::add);
        assertThat(folder).doesNotExist();
        assertThat(other).isNotEmptyDirectory();
        assertThat(troubles).isEmpty();
    }
}
