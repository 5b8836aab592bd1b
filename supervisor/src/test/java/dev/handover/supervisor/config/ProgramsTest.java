package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramsTest {
    @TempDir
    private Path folder;

    @Test
    void wordWithASlashIsAPathFromTheServicesFolder() throws IOException {
        Path program = program("bin/run");
        assertThat(find("bin/run", "/none")).contains(program);
        assertThat(find(program.toString(), "/none")).contains(program);
        assertThat(find("bin/walk", "/none")).isEmpty();
    }

    @Test
    void otherWordsAreLookedForOnThePathInItsOrder() throws IOException {
        program("second/run");
        Path first = program("first/run");
        assertThat(find("run", folder.resolve("first") + ":" + folder.resolve("second")))
                .contains(first);
        assertThat(find("run", "/none")).isEmpty();
    }

    @Test
    void relativeAndEmptyFoldersOfPathAreTakenFromTheServicesFolder() throws IOException {
        Path program = program("run");
        assertThat(find("run", "/none:")).contains(program);
        assertThat(find("run", "bin:.")).contains(program);
    }

    @Test
    void foldersAndFilesThatMayNotBeExecutedAreNoPrograms() throws IOException {
        Files.createDirectories(folder.resolve("bin/folder"));
        Files.createFile(folder.resolve("bin/data"));
        assertThat(find("folder", "bin")).isEmpty();
        assertThat(find("data", "bin")).isEmpty();
        assertThat(find("bin/data", "bin")).isEmpty();
    }

    private Optional<Path> find(String word, String path) {
        return Programs.find(word, folder, path);
    }

    private Path program(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(
                file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
