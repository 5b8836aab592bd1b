package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds docs/configuration.md to the code. */
class DocumentationTest {
    private static final Set<String> WORDS = Set.of("see below", "required", "empty", "off", "inherited");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void keyTableHasEveryKeyWithItsTypeAndDefaultAndNothingElse(Key.Table table) throws IOException {
        List<String> documented = section(table.header())
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" \\| ", 4))
                .map(cells -> cells[0] + " | " + cells[1] + " | " + cells[2])
                .toList();
        assertThat(documented)
                .isEqualTo(Arrays.stream(Key.values())
                        .filter(key -> key.table() == table)
                        .map(DocumentationTest::row)
                        .toList());
    }

    @Test
    void fullExampleIsValidAndNamesEveryKey() throws IOException {
        String example = block("toml");
        program("java");
        program("proxy");
        Files.createDirectory(folder.resolve("conf.d"));
        Files.createFile(folder.resolve("web.env"));
        Path file = Files.writeString(folder.resolve("handover.toml"), example);
        ConfigurationFile.Result result = ConfigurationFile.read(file, Map.of("PATH", folder.toString()));
        assertThat(result).isInstanceOf(ConfigurationFile.Valid.class);
        assertThat(((ConfigurationFile.Valid) result).text()).isEmpty();
        Set<String> named = Pattern.compile("(?:^|[{,] )([a-z-]+) = ", Pattern.MULTILINE)
                .matcher(example)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(named).containsAll(Arrays.stream(Key.values()).map(Key::text).toList());
    }

    @Test
    void problemsLookAsShown() throws IOException {
        Path file = Files.writeString(folder.resolve("web.toml"), """
                [services.web]
                comand = ["sh"]
                listen = ["tcp://localhost:80"]
                workers = "2"
                """);
        ConfigurationFile.Result result = ConfigurationFile.read(file, Map.of());
        assertThat(((ConfigurationFile.Invalid) result).text().replace(folder + "/", ""))
                .contains(block("text").strip().lines().toList());
    }

    private static String row(Key key) {
        String value = key.defaultText();
        String quoted = List.of("integer", "boolean").contains(key.type()) ? "`" + value + "`" : "`\"" + value + "\"`";
        return "| `" + key.text() + "` | " + key.type() + " | " + (WORDS.contains(value) ? value : quoted);
    }

    private static String section(String header) throws IOException {
        String text = document();
        int start = text.indexOf("\n## " + header + "\n");
        assertThat(start).as("a section %s", header).isPositive();
        int end = text.indexOf("\n## ", start + 1);
        return text.substring(start, end < 0 ? text.length() : end);
    }

    private static String block(String language) throws IOException {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(document());
        assertThat(block.find()).as("a block of %s", language).isTrue();
        return block.group(1);
    }

    private static String document() throws IOException {
        return Files.readString(Path.of("..", "docs", "configuration.md"));
    }

    private void program(String name) throws IOException {
        Files.createFile(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
