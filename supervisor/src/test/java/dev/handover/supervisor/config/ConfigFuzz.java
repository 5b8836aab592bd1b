package dev.handover.supervisor.config;

import dev.handover.supervisor.fuzz.Bytes;
import dev.handover.supervisor.terms.EnvironmentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.tomlj.Toml;

/** A configuration file, and a file of variables. */
public final class ConfigFuzz {
    private static final Path FOLDER = folder();

    private ConfigFuzz() {}

    private static Path folder() {
        try {
            return Files.createTempDirectory("config"); // java.io.tmpdir is a test's
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Path file = Files.write(FOLDER.resolve("input"), input);
        if (input.length > 0 && input[0] == ';') { // a comment in the one, and nothing in the other
            variables(file);
        } else {
            configuration(file);
        }
    }

    private static void configuration(Path file) {
        ConfigurationFile.Result result = ConfigurationFile.read(file, Map.of("PATH", "/nowhere"));
        if (result instanceof ConfigurationFile.Invalid invalid) {
            invalid.problems().forEach(problem -> Bytes.requireHarmless(problem.toString()));
            Bytes.require(!invalid.unread(), "it can be read");
        }
    }

    private static void variables(Path file) {
        Problems problems = new Problems(file);
        Node node = Node.root(Toml.parse(""), new SourceText(""), problems);
        EnvironmentFile read = EnvironmentFileReader.read(file, node, problems);
        read.variables().forEach((name, value) -> {
            Bytes.require(!name.isEmpty() && name.indexOf('=') < 0 && name.indexOf(0) < 0, "that is no name");
            Bytes.require(value.indexOf(0) < 0, "a value has no zero byte");
        });
    }
}
