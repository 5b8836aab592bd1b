package dev.handover.supervisor.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds the program that a command's first word names, as the kernel and execvp(3) would. */
public final class Programs {
    /** Where execvp looks when PATH is not set. */
    private static final String PATH_WHEN_UNSET = "/bin:/usr/bin";

    private Programs() {}

    /**
     * The file that is run: a word with a slash is a path, relative to the service's directory; any other word is looked
     * for on PATH, that of the service's environment before the supervisor's own.
     *
     * @param directory the service's directory, absolute
     * @param ofService the environment that the service adds
     * @param ofSupervisor the supervisor's own
     * @return empty if there is no such file, or none that this user may execute
     */
    public static Optional<Path> find(
            String word, Path directory, Map<String, String> ofService, Map<String, String> ofSupervisor) {
        if (word.contains("/")) {
            return Optional.of(Paths.withoutDots(directory.resolve(word))).filter(Programs::isProgram);
        }
        for (String folder : path(ofService, ofSupervisor).split(":", -1)) {
            Path candidate = Paths.withoutDots(directory.resolve(folder).resolve(word));
            if (isProgram(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static String path(Map<String, String> ofService, Map<String, String> ofSupervisor) {
        return ofService.getOrDefault("PATH", ofSupervisor.getOrDefault("PATH", PATH_WHEN_UNSET));
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
