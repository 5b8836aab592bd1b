package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.config.ConfigurationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLookTest {
    private static final Instant LONG_AGO = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path folder;

    private Path file;
    private FileLook look;

    @BeforeEach
    void aFile() throws IOException {
        file = folder.resolve("handover.toml");
        look = new FileLook(file, Map.of());
        write("a = 1", LONG_AGO);
    }

    private void write(String text, Instant at) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(at));
    }

    @Test
    void aFileThatIsTheSameIsNotReadAgain() {
        assertThat(look.look()).isSameAs(look.look());
    }

    @Test
    void oneThatWasWrittenSinceIs() throws IOException {
        ConfigurationFile.Result before = look.look();
        write("b = 1", LONG_AGO.plusSeconds(1));
        assertThat(look.look()).isNotSameAs(before);
    }

    @Test
    void oneThatAnotherTookThePlaceOfIs() throws IOException {
        ConfigurationFile.Result before = look.look();
        Files.move(file, folder.resolve("old.toml"));
        write("b = 1", LONG_AGO);
        assertThat(look.look()).isNotSameAs(before);
    }

    @Test
    void oneThatWasWrittenJustNowIsReadAgainSinceItsTimeMayStay() throws IOException {
        Instant now = Instant.now();
        write("a = 1", now);
        ConfigurationFile.Result before = look.look();
        write("b = 1", now);
        assertThat(look.look()).isNotSameAs(before);
    }

    @Test
    void anEnvironmentFileCountsLikeTheFileItself() throws IOException {
        Path variables = folder.resolve("web.env");
        write("[services.web]\ncommand = [\"sh\"]\nenvironment-file = \"web.env\"", LONG_AGO);
        ConfigurationFile.Result missing = look.look();
        assertThat(look.look()).isSameAs(missing);

        Files.writeString(variables, "A=b");
        Files.setLastModifiedTime(variables, FileTime.from(LONG_AGO));
        ConfigurationFile.Result there = look.look();
        assertThat(there).isNotSameAs(missing);
        assertThat(look.look()).isSameAs(there);

        Files.writeString(variables, "A=c");
        assertThat(look.look()).isNotSameAs(there);
    }

    @Test
    void aFileThatComesToAFolderOfWhichAllAreIncludedIsSeen() throws IOException {
        Path included = Files.createDirectory(folder.resolve("conf.d"));
        Files.setLastModifiedTime(included, FileTime.from(LONG_AGO));
        write("supervisor.include = [\"conf.d/*.toml\"]\n[services.web]\ncommand = [\"sh\"]", LONG_AGO);
        ConfigurationFile.Result before = look.look();
        assertThat(look.look()).isSameAs(before);

        Files.writeString(included.resolve("dns.toml"), "[services.dns]\ncommand = [\"sh\"]");
        assertThat(((ConfigurationFile.Valid) look.look()).configuration().services())
                .hasSize(2);
    }

    @Test
    void oneThatIsGoneIsAProblem() throws IOException {
        look.look();
        Files.delete(file);
        assertThat(((ConfigurationFile.Invalid) look.look()).text()).contains("no such file");
    }
}
