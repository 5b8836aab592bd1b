package dev.handover.supervisor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Image;
import dev.handover.supervisor.terms.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoteTest {
    private static final Image IMAGE = new Image(
            Path.of("/usr/bin/java"),
            List.of(CString.of("java"), CString.of("Z\u00fcrich".getBytes(StandardCharsets.ISO_8859_1))),
            List.of(CString.of("SECRET=h\u00e9")),
            0x8000_0000_0000_4a07L);
    private static final Note NOTE = new Note(
            new Request.Upgrade("u1", "1.0", "2.0"),
            Instant.parse("2026-03-01T12:00:00.250Z"),
            IMAGE,
            OptionalInt.of(17),
            Optional.empty());

    private final Path path;

    NoteTest(@TempDir Path folder) {
        path = folder.resolve("note.json");
    }

    @Test
    void whatIsNotedIsReadToTheByte() throws Exception {
        for (Note note : List.of(NOTE, NOTE.failed("it died"))) {
            note.save(path);
            assertThat(Note.read(path)).isEqualTo(note);
        }
    }

    @Test
    void onlyItsOwnerMayReadWhatIsSecretInAnEnvironment() throws Exception {
        NOTE.save(path);
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void keysOfALaterVersionAreLeftAlone() throws Exception {
        NOTE.save(path);
        Files.writeString(path, Files.readString(path).replaceFirst("\\{", "{\"colour\":\"red\","));
        assertThat(Note.read(path)).isEqualTo(NOTE);
    }

    @Test
    void oneThatIsNoneIsRefusedInALine() throws Exception {
        for (String text : List.of("", "[]", "{\"id\":\"u1\"}")) {
            Files.writeString(path, text);
            assertThatThrownBy(() -> Note.read(path))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("it can't be understood: ");
        }
    }
}
