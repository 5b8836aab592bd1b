package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {
    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void nameFolder() {
        folder = temporary.resolve("a/b");
    }

    @Test
    void missingFolderIsMadeForItsOwnerOnlyAndSoAreItsParents() throws Exception {
        assertThat(PrivateFolder.ensure(folder)).isEqualTo(folder);
        assertThat(permissions(folder)).isEqualTo("rwx------");
        assertThat(permissions(folder.getParent())).isEqualTo("rwx------");
    }

    @Test
    void folderThatOthersMayReadIsLeftAsItIs() throws Exception {
        PrivateFolder.ensure(folder);
        permit("rwxr-xr-x");
        PrivateFolder.ensure(folder);
        assertThat(permissions(folder)).isEqualTo("rwxr-xr-x");
    }

    @Test
    void folderThatOthersMayWriteIsRefused() throws Exception {
        PrivateFolder.ensure(folder);
        permit("rwxrwxrwx");
        assertThatThrownBy(() -> PrivateFolder.ensure(folder))
                .hasMessage(folder + " must be writable by its owner only, and is rwxrwxrwx (chmod 0700 makes it so)");
    }

    @Test
    void folderOfAnotherUserIsRefused() throws Exception {
        assumeTrue(Processes.ownUid() == 0, "only root can give a folder away");
        PrivateFolder.ensure(folder);
        Files.setAttribute(folder, "unix:uid", 65534);
        assertThatThrownBy(() -> PrivateFolder.ensure(folder))
                .hasMessage(folder + " must belong to uid 0, and belongs to uid 65534");
    }

    @Test
    void linkToAFolderIsRefused() throws Exception {
        PrivateFolder.ensure(folder);
        Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
        assertThatThrownBy(() -> PrivateFolder.ensure(link))
                .hasMessage(link + " must be a folder, and is a symbolic link");
    }

    private void permit(String permissions) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
