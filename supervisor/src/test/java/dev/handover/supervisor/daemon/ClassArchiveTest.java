package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
    @TempDir
    private Path folder = Path.of("/");

    private Path maps(String file) throws IOException {
        return Files.writeString(
                folder.resolve("maps"),
                "7f00-7f10 rw-p 00001000 08:01 4711        " + file + "\n7f10-7f20 rw-p 0 0 0\n");
    }

    @Test
    void whatIsMappedIsUsedUnderWhateverPathItWasNamed() throws Exception {
        Path archive = Files.createFile(folder.resolve("SupervisordMain"));
        String named = folder + "/../" + folder.getFileName() + "/SupervisordMain";
        assertThat(ClassArchive.complaint(
                        Optional.of(named), maps(archive.toRealPath().toString())))
                .isEmpty();
    }

    @Test
    void whatTheJvmLeftIsSaid() throws Exception {
        Path archive = Files.createFile(folder.resolve("SupervisordMain"));
        assertThat(ClassArchive.complaint(Optional.of(archive.toString()), maps("/lib/libc.so.6")))
                .hasValueSatisfying(complaint -> assertThat(complaint)
                        .startsWith("the archive of classes " + archive + " does not fit this java, or this jar: "));
    }

    @Test
    void oneThatIsMissingAmongOthersIsSaidAndNoneWhereThereAreNone() throws Exception {
        Path archive = folder.resolve("SupervisordMain");
        assertThat(ClassArchive.complaint(Optional.of(archive.toString()), maps("/lib/libc.so.6")))
                .hasValueSatisfying(complaint -> assertThat(complaint).contains(archive + " is not there"));
        assertThat(ClassArchive.complaint(Optional.empty(), maps("/lib/libc.so.6")))
                .isEmpty();
    }
}
