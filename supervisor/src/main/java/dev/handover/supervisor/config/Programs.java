package dev.handover.supervisor.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the program that a command's first word names, as the kernel and execvp(3) would. */
public final class Programs {
    /** Where execvp looks when PATH is not set. */
    public static final String PATH_WHEN_UNSET = "/bin:/usr/bin";

    private Programs() {}

    /**
     * The file that is run: a word with a slash is a path, relative to the service's directory; any other word is looked
     * for on its PATH.
     *
     * @param directory the service's directory, absolute
     * @param path folders, separated by colons
     * @return empty if there is no such file, or none that this user may execute
     */
    public static Optional<Path> find(String word, Path directory, String path) {
        if (word.contains("/")) {
            return Optional.of(Paths.withoutDots(directory.resolve(word))).filter(Programs::isProgram);
        }
        for (String folder : path.split(":", -1)) {
            Path candidate = Paths.withoutDots(directory.resolve(folder).resolve(word));
            if (isProgram(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
