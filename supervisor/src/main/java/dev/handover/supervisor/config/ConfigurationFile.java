package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a configuration file; docs/configuration.md says what may stand in one. */
public final class ConfigurationFile {
    private ConfigurationFile() {}

    /** Loads what reading takes, which is much; not by the file itself, which may be a pipe, to be read once. */
    public static void prepare() {
        TomlFile.prepare();
    }

    /** What came of reading. */
    public sealed interface Result {
        /** What was read for it. */
        Sources sources();
    }

    /**
     * The text is good.
     *
     * @param problems what services lack on this machine now (a folder, a program), in the order of the file: these may
     *     fail to start, the others are not concerned
     */
    public record Valid(Configuration configuration, List<Problem> problems, Sources sources) implements Result {
        public Valid {
            problems = List.copyOf(problems);
        }

        /** One line a problem, without a newline at the end; empty where there is none. */
        public String text() {
            return lines(problems);
        }
    }

    /**
     * The file is not to be used.
     *
     * @param problems at least one, in the order of the file
     * @param unread whether a file of it could not be read for a reason that is not the file's, such as too many open
     *     descriptors: what it says is not known, and later it may be read
     */
    public record Invalid(List<Problem> problems, boolean unread, Sources sources) implements Result {
        public Invalid {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("an invalid configuration has at least one problem");
            }
        }

        /** What the problems come to, in a few words. */
        public String verdict() {
            return unread ? "the configuration can't be read now" : "the configuration is invalid";
        }

        /** The first problem, and how many more there are. */
        public String summary() {
            return Problems.summary(problems);
        }

        /** One line a problem, without a newline at the end. */
        public String text() {
            return lines(problems);
        }
    }

    private static String lines(List<Problem> problems) {
        return String.join("\n", problems.stream().map(Problem::toString).toList());
    }

    /**
     * The absolute path of a file that a shell's user named. A shell that has gone through a link, as into
     * {@code /srv/web/current}, says so in {@code PWD}, while the kernel only knows the folder behind it: of yesterday's
     * release, once the link has moved. So PWD counts, as long as it names the working directory.
     *
     * @param file as it was named, absolute or relative to the working directory
     * @param environment this process's own
     */
    public static Path named(Path file, Map<String, String> environment) {
        if (file.isAbsolute()) {
            return file;
        }
        String shells = environment.getOrDefault("PWD", "");
        try {
            if (shells.startsWith("/") && Files.isSameFile(Path.of(shells), Path.of(""))) {
                return Path.of(shells).resolve(file);
            }
        } catch (IOException | InvalidPathException gone) {
            // PWD is of a folder that is no more, or of another program: the kernel's word counts.
        }
        return file.toAbsolutePath();
    }

    /**
     * Reads and checks a file, and those that it includes. A file that is missing or is not TOML is a result like any other.
     *
     * @param file named in problems as it is given here; paths in each file are relative to its folder
     * @param environment the supervisor's own: it has a say in where sockets go by default, and in where programs are
     *     found
     */
    public static Result read(Path file, Map<String, String> environment) {
        Problems problems = new Problems(file);
        Sources sources = new Sources();
        Optional<Configuration> configuration = TomlFile.read(file, problems, sources)
                .flatMap(root -> new ConfigurationReader(file, environment, problems, sources).read(root));
        if (configuration.isPresent() && problems.isEmpty()) {
            return new Valid(configuration.get(), problems.all(), sources);
        }
        return new Invalid(problems.all(), problems.areOfSurroundings(), sources);
    }
}
