package dev.handover.supervisor.terms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhyTest {
    @TempDir
    private Path folder = Path.of("/");

    @Test
    void aFilesErrorSaysWhatIsTheMatterWithIt() throws IOException {
        Path absent = folder.resolve("absent");
        Path file = Files.writeString(folder.resolve("file"), "x");
        Path link = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        assertThat(why(() -> Files.readString(absent))).isEqualTo(absent + " is not there");
        assertThat(why(() -> Files.createFile(file))).isEqualTo(file + " is there already");
        assertThat(why(() -> Files.createDirectories(file))).isEqualTo(file + " is there already");
        assertThat(why(() -> {
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(file)) {
                        files.iterator();
                    }
                }))
                .isEqualTo(file + " is no folder");
        assertThat(why(() -> Files.delete(folder))).isEqualTo(folder + " is a folder that is not empty");
        assertThat(why(() -> Files.readSymbolicLink(file))).isEqualTo(file + " is no symbolic link");
        assertThat(why(() -> Files.readString(link)))
                .startsWith(link + ": ")
                .hasSizeGreaterThan((link + ": ").length());
        assertThat(why(() -> Files.writeString(Path.of("/dev/full"), "x")))
                .doesNotContain("Exception")
                .isNotBlank();
        assertThat(why(() -> new FileInputStream(absent.toFile()).close())).startsWith("no such file: " + absent);
    }

    @Test
    void noErrorIsABarePathOrNothing() {
        assertThat(Stream.of(
                        new NoSuchFileException("/x"),
                        new AccessDeniedException("/x"),
                        new FileSystemException("/x"),
                        new FileSystemException("/a", "/b", "Invalid cross-device link"),
                        new MalformedInputException(1),
                        new IOException(),
                        new IOException("")))
                .extracting(Why::of)
                .containsExactly(
                        "/x is not there",
                        "/x: this user has no permission",
                        "/x: FileSystemException",
                        "/a to /b: Invalid cross-device link",
                        "it is not UTF-8",
                        "IOException",
                        "IOException");
    }

    private static String why(ThrowingCallable failing) {
        try {
            failing.call();
        } catch (IOException failed) {
            return Why.of(failed);
        } catch (Throwable other) {
            throw new AssertionError(other);
        }
        throw new AssertionError("it did not fail");
    }
}
