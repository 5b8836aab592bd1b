package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each file of the folder {@code bad} against the lines that it must print. */
class BadConfigurationsTest {
    @Test
    void thereAreTwentyOne() throws IOException, URISyntaxException {
        assertThat(files()).hasSize(21);
    }

    @ParameterizedTest
    @MethodSource("files")
    void tellsEveryProblemInTheOrderOfTheFile(Path file) throws IOException {
        String name = file.getFileName().toString();
        ConfigurationFile.Result result = ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin"));
        assertThat(result).isInstanceOf(ConfigurationFile.Invalid.class);
        String printed = ((ConfigurationFile.Invalid) result)
                        .text()
                        .replace(file.getParent() + "/", "")
                        .replace(file.getParent().toString(), ".")
                + "\n";
        assertThat(printed).isEqualTo(Files.readString(file.resolveSibling(name.replace(".toml", ".txt"))));
    }

    static Stream<Path> files() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(BadConfigurationsTest.class.getResource("bad"))
                .toURI());
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".toml")).sorted().toList().stream();
        }
    }
}
