package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
    @TempDir
    private Path folder;

    @Test
    void wordWithASlashIsAPathFromTheServicesFolder() throws IOException {
        Path program = program("bin/run");
        assertThat(find("bin/run", Map.of())).contains(program);
        assertThat(find(program.toString(), Map.of())).contains(program);
        assertThat(find("bin/walk", Map.of())).isEmpty();
    }

    @Test
    void otherWordsAreLookedForOnTheServicesPathBeforeOurs() throws IOException {
        Path ours = program("ours/run");
        assertThat(find("run", Map.of())).contains(ours);

        Path theirs = program("theirs/run");
        assertThat(find("run", Map.of("PATH", "/none:" + folder.resolve("theirs"))))
                .contains(theirs);
        assertThat(find("run", Map.of("PATH", "/none"))).isEmpty();
    }

    @Test
    void relativeAndEmptyFoldersOfPathAreTakenFromTheServicesFolder() throws IOException {
        Path program = program("run");
        assertThat(find("run", Map.of("PATH", "/none:"))).contains(program);
        assertThat(find("run", Map.of("PATH", "bin:."))).contains(program);
    }

    @Test
    void foldersAndFilesThatMayNotBeExecutedAreNoPrograms() throws IOException {
        Files.createDirectories(folder.resolve("ours/folder"));
        Files.createFile(folder.resolve("ours/data"));
        assertThat(find("folder", Map.of())).isEmpty();
        assertThat(find("data", Map.of())).isEmpty();
        assertThat(find("ours/data", Map.of())).isEmpty();
    }

    private Optional<Path> find(String word, Map<String, String> ofService) {
        return Programs.find(
                word, folder, ofService, Map.of("PATH", folder.resolve("ours").toString()));
    }

    private Path program(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(
                file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
