package dev.handover.supervisor.terms;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a file of variables said when the configuration was read: a generation's workers all get the same.
 *
 * @param file absolute
 * @param variables taken as they are
 * @param trouble why no worker can be started with it, on one line; then there are no variables
 */
public record EnvironmentFile(Path file, Map<String, String> variables, Optional<String> trouble) {
    public EnvironmentFile {
        variables = Map.copyOf(variables);
        if (trouble.isPresent() && !variables.isEmpty()) {
            throw new IllegalArgumentException("what can't be used says nothing: " + file);
        }
    }

    public static EnvironmentFile of(Path file, Map<String, String> variables) {
        return new EnvironmentFile(file, variables, Optional.empty());
    }

    public static EnvironmentFile unusable(Path file, String trouble) {
        return new EnvironmentFile(file, Map.of(), Optional.of(trouble));
    }
}
