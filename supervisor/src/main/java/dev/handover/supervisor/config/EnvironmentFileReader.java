package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.EnvironmentFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tomlj.TomlPosition;

/**
 * Reads a file of variables, a line each, in the form of systemd's EnvironmentFile=. What is wrong with it concerns its
 * service alone. Values are often secret: no problem repeats one, or a line that has none.
 */
final class EnvironmentFileReader {
    private static final String EXPECTED = "lines NAME=VALUE";

    private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}=\"'\\\\]+");

    private final Node node;
    private final Problems found;
    private final Map<String, String> variables = new HashMap<>();

    private EnvironmentFileReader(Path file, Node node) {
        this.node = node;
        this.found = new Problems(file);
    }

    /** @param node names the file */
    static EnvironmentFile read(Path file, Node node, Problems problems) {
        Optional<String> missing = missing(file);
        if (missing.isPresent()) {
            node.problemOfMachine(missing.get());
            return EnvironmentFile.unusable(file, missing.get());
        }
        EnvironmentFileReader reader = new EnvironmentFileReader(file, node);
        SourceText.read(file, EXPECTED, reader.found).ifPresent(text -> reader.read(text.lines()));
        problems.addOfMachine(reader.found);
        return reader.found.isEmpty()
                ? EnvironmentFile.of(file, reader.variables)
                : EnvironmentFile.unusable(file, Problems.summary(reader.found.all()));
    }

    private static Optional<String> missing(Path file) {
        if (Files.notExists(file)) {
            return Optional.of("there is no file " + file);
        } else if (Files.isDirectory(file)) {
            return Optional.of(file + " is a folder; expected a file of " + EXPECTED);
        }
        return Files.isReadable(file) ? Optional.empty() : Optional.of("this user may not read the file " + file);
    }

    private void read(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#") && !line.startsWith(";")) {
                read(line, TomlPosition.positionAt(i + 1, lines.get(i).indexOf(line) + 1));
            }
        }
    }

    private void read(String line, TomlPosition at) {
        int equals = line.indexOf('=');
        String name = equals < 0 ? "" : line.substring(0, equals).strip();
        if (!NAME.matcher(name).matches()) {
            problem(at, "expected NAME=VALUE" + (name.startsWith("export ") ? ", without 'export'" : ""));
        } else if (EnvironmentCheck.isReserved(name)) {
            problem(at, EnvironmentCheck.reserved(name));
        } else {
            read(name, line.substring(equals + 1).strip(), at);
        }
    }

    private void read(String name, String value, TomlPosition at) {
        try {
            variables.put(name, EnvironmentValue.of(value));
        } catch (IllegalArgumentException refused) {
            problem(at, name + ": " + refused.getMessage());
        }
    }

    private void problem(TomlPosition at, String text) {
        found.add(at, node.key(), text);
    }
}
