package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultPathsTest {
    @TempDir
    private Path folder;

    private Object uid;

    @BeforeEach
    void askForTheUser() throws IOException {
        uid = Files.getAttribute(folder, "unix:uid");
    }

    @Test
    void supervisorPrefersTheRuntimeDirectoryThenXdgThenAFolderPerUser() {
        assertThat(DefaultPaths.control(Map.of("RUNTIME_DIRECTORY", "/run/a:/run/b", "XDG_RUNTIME_DIR", "/run/user/1")))
                .hasToString("/run/a/control.sock");
        assertThat(DefaultPaths.control(Map.of("XDG_RUNTIME_DIR", "/run/user/1")))
                .hasToString("/run/user/1/handover/control.sock");
        assertThat(DefaultPaths.control(Map.of())).hasToString("/tmp/handover-" + uid + "/control.sock");
    }

    @Test
    void variablesThatAreNoAbsolutePathsCountAsAbsent() {
        assertThat(DefaultPaths.control(Map.of("RUNTIME_DIRECTORY", "run", "XDG_RUNTIME_DIR", "")))
                .hasToString("/tmp/handover-" + uid + "/control.sock");
    }

    @Test
    void stateIsInTheStateDirectoryElseBesideTheControlSocket() {
        Path control = Path.of("/run/h/control.sock");
        assertThat(DefaultPaths.state(Map.of("STATE_DIRECTORY", "/var/lib/h:/x"), control))
                .hasToString("/var/lib/h");
        assertThat(DefaultPaths.state(Map.of(), control)).hasToString("/run/h");
    }

    @Test
    void clientTakesTheRuntimeDirectoryAsGiven() throws IOException {
        Path machine = touch(folder.resolve("machine/control.sock"));
        assertThat(connect(Map.of("RUNTIME_DIRECTORY", "/run/a"), machine)).hasToString("/run/a/control.sock");
    }

    @Test
    void clientFindsTheUsersOwnSupervisorBeforeTheMachines() throws IOException {
        Path machine = touch(folder.resolve("machine/control.sock"));
        Map<String, String> environment =
                Map.of("XDG_RUNTIME_DIR", folder.resolve("xdg").toString());
        assertThat(connect(environment, machine)).isEqualTo(machine);

        Path perUser = touch(folder.resolve("tmp/handover-" + uid + "/control.sock"));
        assertThat(connect(environment, machine)).isEqualTo(perUser);

        Path xdg = touch(folder.resolve("xdg/handover/control.sock"));
        assertThat(connect(environment, machine)).isEqualTo(xdg);
    }

    @Test
    void clientNamesTheSupervisorsDefaultWhereThereIsNone() {
        Path machine = folder.resolve("machine/control.sock");
        assertThat(connect(Map.of("XDG_RUNTIME_DIR", "/no/xdg"), machine)).hasToString("/no/xdg/handover/control.sock");
    }

    private Path connect(Map<String, String> environment, Path machine) {
        return DefaultPaths.controlToConnect(environment, folder.resolve("tmp"), machine);
    }

    private static Path touch(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }
}
