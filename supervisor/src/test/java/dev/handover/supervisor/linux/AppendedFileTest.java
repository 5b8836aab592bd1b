package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendedFileTest {
    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void nameFile() {
        path = folder.resolve("web.log");
    }

    private static void write(AppendedFile file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        file.write(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void whatIsThereIsGoneOnWith() throws Exception {
        Files.writeString(path, "one\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        try (AppendedFile file = AppendedFile.open(path)) {
            write(file, "two\n");
            assertThat(file.size()).isEqualTo(8);
            Files.writeString(path, "");
            write(file, "three\n");
        }
        assertThat(Files.readString(path)).as("others may truncate it").isEqualTo("three\n");
        assertThat(permissions(path)).isEqualTo("rw-------");
    }

    @Test
    void oneThatIsNewIsNotForOthersToRead() throws Exception {
        AppendedFile.open(path).close();
        assertThat(permissions(path)).endsWith("---");
    }

    @Test
    void theNextOneTakesAfterTheOneBefore() throws Exception {
        try (AppendedFile before = AppendedFile.open(path)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-r--"));
            boolean root = Processes.ownUid() == 0;
            if (root) {
                Files.setAttribute(path, "unix:gid", 4711);
            }
            Files.move(path, folder.resolve("web.log.1"));
            assertThat(before.isStillNamed()).isFalse();
            try (AppendedFile next = AppendedFile.open(path)) {
                next.takeAfter(before);
                assertThat(next.isStillNamed()).isTrue();
                assertThat(before.isStillNamed()).isFalse();
            }
            assertThat(permissions(path)).isEqualTo("rw-rw-r--");
            assertThat(Files.getAttribute(path, "unix:gid").equals(4711)).isEqualTo(root);
        }
    }

    @Test
    void whatIsNoFileIsRefusedAndNotWaitedFor() throws Exception {
        Path other = Files.createFile(folder.resolve("other"));
        Files.createSymbolicLink(path, other);
        assertRefused(path + " is a symbolic link; expected a file, or none yet");
        Files.delete(path);
        Files.createSymbolicLink(path, folder.resolve("nowhere"));
        assertRefused(path + " is a symbolic link; expected a file, or none yet");
        assertThat(folder.resolve("nowhere")).doesNotExist();
        Files.delete(path);
        Files.createDirectory(path);
        assertRefused(path + " is a folder; expected a file, or none yet");
        Files.delete(path);
        Fifo.create(path).close();
        assertRefused(path + " is no file; expected a file, or none yet");
    }

    @Test
    void aMissingFolderIsNamedAndNotMade() {
        path = folder.resolve("gone/web.log");
        assertRefused("there is no folder " + folder.resolve("gone"));
        assertThat(folder.resolve("gone")).doesNotExist();
    }

    @Test
    void whatThisUserMayNotWriteIsRefused() throws Exception {
        assumeTrue(Processes.ownUid() != 0, "root may write everywhere");
        Files.createFile(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
        assertThatThrownBy(() -> AppendedFile.open(path)).hasMessage("open: EACCES (" + path + ")");
        assertThat(AppendedFile.obstacle(path).orElseThrow()).startsWith("this user may not write to " + path);
        Files.delete(path);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        assertThatThrownBy(() -> AppendedFile.open(path)).isInstanceOf(IOException.class);
        assertThat(AppendedFile.obstacle(path).orElseThrow()).startsWith("this user may make no file in " + folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void nothingStandsInTheWayOfAFileThatCanBeMadeAndItIsNotMade() {
        assertThat(AppendedFile.obstacle(path)).isEmpty();
        assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> AppendedFile.open(path)).hasMessage(why);
        assertThat(AppendedFile.obstacle(path)).contains(why);
    }
}
