package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreadableFileTest {
    @TempDir
    private Path folder;

    @Test
    void missingFileIsAProblem() {
        assertThat(problems(folder.resolve("no.toml"))).isEqualTo("no.toml: no such file");
    }

    @Test
    void folderIsAProblem() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        assertThat(problems(inner)).isEqualTo("inner: this is a folder; expected a file of TOML");
    }

    @Test
    void fileThatMayNotBeReadIsAProblem() throws IOException {
        Path file = Files.createFile(folder.resolve("a.toml"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(file)).as("root may read every file").isFalse();
        assertThat(problems(file)).isEqualTo("a.toml: this user may not read the file");
    }

    @Test
    void whatKeepsAFileFromBeingReadNowIsNoFaultOfItsText() throws IOException {
        // The kernel has nothing mapped at its beginning: EIO.
        ConfigurationFile.Result result = ConfigurationFile.read(Path.of("/proc/self/mem"), Map.of());
        assertThat(result).isInstanceOfSatisfying(ConfigurationFile.Invalid.class, invalid -> {
            assertThat(invalid.text()).startsWith("/proc/self/mem: cannot be read: ");
            assertThat(invalid.unread()).isTrue();
            assertThat(invalid.verdict()).isEqualTo("the configuration can't be read now");
        });
        Path including = Files.writeString(folder.resolve("a.toml"), "[supervisor]\ninclude = [\"/proc/self/mem\"]");
        assertThat(ConfigurationFile.read(including, Map.of()))
                .isInstanceOfSatisfying(
                        ConfigurationFile.Invalid.class,
                        invalid -> assertThat(invalid.unread()).isTrue());
        assertThat(ConfigurationFile.read(folder.resolve("none.toml"), Map.of()))
                .isInstanceOfSatisfying(
                        ConfigurationFile.Invalid.class,
                        invalid -> assertThat(invalid.unread()).isFalse());
    }

    @Test
    void byteThatIsNotUtf8IsShownWhereItStands() throws IOException {
        Path file = Files.write(
                folder.resolve("a.toml"), "[supervisor]\n# é𝒳 \u00ff".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems(file)).isEqualTo("a.toml:2:3: byte 0xe9 is not UTF-8");
    }

    @Test
    void textThatEndsWithinACharacterIsNotUtf8() throws IOException {
        Path file = Files.write(folder.resolve("a.toml"), new byte[] {'#', ' ', (byte) 0xc3});
        assertThat(problems(file)).isEqualTo("a.toml:1:3: byte 0xc3 is not UTF-8");
    }

    @Test
    void endlessFileIsAProblem() {
        assertThat(problems(Path.of("/dev/zero"))).isEqualTo("/dev/zero: longer than 1 MiB; expected a file of TOML");
    }

    @Test
    void bottomlessNestingIsAProblem() throws IOException {
        Path file = Files.writeString(folder.resolve("a.toml"), "a = " + "[".repeat(100_000));
        assertThat(problems(file)).isEqualTo("a.toml: nested too deeply to be read");
    }

    @Test
    void badEscapeInAHeaderIsASyntaxErrorLikeOthers() throws IOException {
        Path file = Files.writeString(folder.resolve("a.toml"), "\n[services.\"bad\\aname\"]\n");
        assertThat(problems(file)).isEqualTo("a.toml:2:15: syntax error: invalid escape sequence '\\a'");
    }

    /** Found by fuzzing: the parser asserts there. */
    @Test
    void anEscapeInAKeyThatIsCutShortIsAProblem() throws IOException {
        Path file = Files.writeString(folder.resolve("a.toml"), "b = 1__0\n\"c\\u b0 9\"0=drain-.= 1__0\n");
        assertThat(problems(file)).startsWith("a.toml: not TOML, in a way that can't be told closer");
    }

    @Test
    void controlCharactersOfTheFileDontReachTheTerminal() throws IOException {
        Path file = Files.writeString(
                folder.resolve("a.toml"), "\"\\u001b[2J\\n\u2028\" = 1\nsupervisor = \"\\u001b\\n\"\n[services]");
        assertThat(problems(file)).isEqualTo("""
                a.toml:1:1: "\\u001b[2J\\n\\u2028": unknown key; expected [supervisor], [http], [notify.NAME] or [services.NAME]
                a.toml:1:1: services: missing; expected at least one table [services.NAME]
                a.toml:2:1: supervisor: expected the table [supervisor], found the string "\\u001b\\n\"""");
    }

    @Test
    void anyChangeToAFileEndsInAConfigurationOrInProblems() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        String good = "[supervisor]\nstate = \"/s\"\n[services.\"w.b\"]\ncommand = [ \"sh\", # c\n '-c' ]\n"
                + "environment = { A = \"b\" }\nworkers = 2\n[services.b]\ncommand = [\"sh\"]\n";
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder(good);
            for (int j = random.nextInt(4); j >= 0; j--) {
                String inserted = "[]{}=\"'.,#\n\r\t 09abx-_+:TZ\\u\0é\u2028";
                text.setCharAt(random.nextInt(text.length()), inserted.charAt(random.nextInt(inserted.length())));
            }
            Path file = Files.writeString(folder.resolve("a.toml"), text);
            String problems = problems(file);
            assertThat(problems.lines())
                    .as("seed %d, replay with -Dseed=%d: %s", seed, seed, text)
                    .allMatch(line -> line.matches("a\\.toml:[1-9][0-9]*:[1-9][0-9]*: .+"));
        }
    }

    private String problems(Path file) {
        ConfigurationFile.Result result = ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin"));
        return result instanceof ConfigurationFile.Invalid invalid
                ? invalid.text().replace(folder + "/", "")
                : "";
    }
}
