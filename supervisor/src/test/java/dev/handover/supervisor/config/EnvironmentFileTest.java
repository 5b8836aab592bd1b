package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.EnvironmentFile;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tomlj.Toml;

class EnvironmentFileTest {
    private static final ServiceName WEB = new ServiceName("web");

    @TempDir
    private Path folder;

    private ConfigurationFile.Valid read(String keys) throws IOException {
        Path file = Files.writeString(
                folder.resolve("handover.toml"),
                "[services.web]\ncommand = [\"sh\"]\n" + keys + "\n[services.other]\ncommand = [\"sh\"]\n");
        return (ConfigurationFile.Valid) ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin"));
    }

    private static ServiceSpec web(ConfigurationFile.Valid read) {
        return read.configuration().services().get(WEB);
    }

    private Map<String, String> variables(String text) throws IOException {
        Files.writeString(folder.resolve("web.env"), text);
        ConfigurationFile.Valid read = read("environment-file = \"web.env\"");
        assertThat(read.text()).isEmpty();
        return web(read).fromFiles();
    }

    private String problems(String text) throws IOException {
        Files.writeString(folder.resolve("web.env"), text);
        ConfigurationFile.Valid read = read("environment-file = \"web.env\"");
        assertThat(web(read).environmentFiles()).allMatch(file -> file.trouble().isPresent());
        return read.text().replace(folder + "/", "");
    }

    @Test
    void aLineIsAVariableACommentOrEmpty() throws IOException {
        assertThat(variables("# first\n\n  ; second\nA=1\n\tB = two words # and all \nC=\nA=3\r\nspring.name=x=y"))
                .containsOnly(
                        Map.entry("A", "3"),
                        Map.entry("B", "two words # and all"),
                        Map.entry("C", ""),
                        Map.entry("spring.name", "x=y"));
    }

    @Test
    void quotesAndBackslashesMeanWhatTheyDoToSystemd() throws IOException {
        assertThat(variables("""
                ONE=' it is ${HOME} \\n '
                TWO=" say \\"hi\\" for \\$5 \\n "
                BARE=a\\ b\\\\c"d'
                EMPTY=""
                """))
                .containsOnly(
                        Map.entry("ONE", " it is ${HOME} \\n "),
                        Map.entry("TWO", " say \"hi\" for $5 \\n "),
                        Map.entry("BARE", "a b\\c\"d'"),
                        Map.entry("EMPTY", ""));
    }

    @Test
    void eachBadLineIsToldWithFileAndLineAndWithoutItsText() throws IOException {
        assertThat(problems("""
                GOOD=1
                s3cret
                export A=1
                =1
                a b=1
                  HANDOVER_WORKER=1
                NOTIFY_SOCKET=/n
                OPEN="s3cret
                MORE='s3cret' s3cret
                NEXT=s3cret\\
                NUL=\0
                """)).isEqualTo("""
                web.env:2:1: services.web.environment-file: expected NAME=VALUE
                web.env:3:1: services.web.environment-file: expected NAME=VALUE, without 'export'
                web.env:4:1: services.web.environment-file: expected NAME=VALUE
                web.env:5:1: services.web.environment-file: expected NAME=VALUE
                web.env:6:3: services.web.environment-file: reserved; the supervisor sets HANDOVER_WORKER itself
                web.env:7:1: services.web.environment-file: reserved; the supervisor sets NOTIFY_SOCKET itself
                web.env:8:1: services.web.environment-file: OPEN: no closing "; expected the whole value on one line
                web.env:9:1: services.web.environment-file: MORE: expected nothing after the closing '
                web.env:10:1: services.web.environment-file: NEXT: ends with '\\'; expected the whole value on one line
                web.env:11:1: services.web.environment-file: NUL: expected text without a zero byte""");
    }

    /** Found by fuzzing: no program could be started with such a name. */
    @Test
    void aNameHasNoZeroByteAndNoOtherControlCharacter() throws IOException {
        Path file = Files.writeString(folder.resolve("odd.env"), "A=1\nC\0='three'\nD\u001b[2J=4\n");
        Problems problems = new Problems(file);
        EnvironmentFile read =
                EnvironmentFileReader.read(file, Node.root(Toml.parse(""), new SourceText(""), problems), problems);
        assertThat(read.variables()).isEmpty();
        assertThat(read.trouble().orElseThrow()).contains("odd.env:2:1: ", "expected NAME=VALUE", "(and 1 more)");
    }

    @Test
    void aFileThatIsMissingConcernsItsServiceAlone() throws IOException {
        ConfigurationFile.Valid read = read("environment-file = [\"gone.env\", \".\"]");
        assertThat(read.text().replace(folder + "/", "").replace(folder.toString(), "."))
                .isEqualTo("""
                handover.toml:3:21: services.web.environment-file[0]: there is no file gone.env
                handover.toml:3:33: services.web.environment-file[1]: . is a folder; expected a file of lines NAME=VALUE""");
        assertThat(web(read).environmentFiles().get(0))
                .isEqualTo(EnvironmentFile.unusable(
                        folder.resolve("gone.env"), "there is no file " + folder.resolve("gone.env")));
        assertThat(read.configuration().services()).containsOnlyKeys(WEB, new ServiceName("other"));
    }

    @Test
    void aFileThatIsNoTextIsToldLikeAnyOther() throws IOException {
        Files.write(folder.resolve("web.env"), "A=\u00ff".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(read("environment-file = \"web.env\"").text())
                .isEqualTo(folder.resolve("web.env") + ":1:3: byte 0xff is not UTF-8");
    }

    @Test
    void ofSeveralFilesTheLastWinsAndTheProgramIsLookedForOnTheirPath() throws IOException {
        Files.writeString(folder.resolve("a.env"), "A=1\nB=1");
        Files.writeString(folder.resolve("b.env"), "B=2\nPATH=/no/such/folder");
        ConfigurationFile.Valid read = read("environment-file = [\"a.env\", \"b.env\"]");
        assertThat(web(read).fromFiles()).containsEntry("A", "1").containsEntry("B", "2");
        assertThat(read.text()).endsWith("services.web.command[0]: there is no program 'sh' on PATH");
    }
}
