package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Reads a configuration file; docs/configuration.md says what may stand in one. */
public final class ConfigurationFile {
    private ConfigurationFile() {}

    /** What came of reading. */
    public sealed interface Result {}

    /**
     * The text is good.
     *
     * @param problems what services lack on this machine now (a folder, a program), in the order of the file: these may
     *     fail to start, the others are not concerned
     */
    public record Valid(Configuration configuration, List<Problem> problems) implements Result {
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
     */
    public record Invalid(List<Problem> problems) implements Result {
        public Invalid {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("an invalid configuration has at least one problem");
            }
        }

        /** The first problem, and how many more there are. */
        public String summary() {
            int more = problems.size() - 1;
            return problems.get(0) + (more == 0 ? "" : " (and " + more + " more)");
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
     * Reads and checks a file. A file that is missing or is not TOML is a result like any other.
     *
     * @param file named in problems as it is given here; paths in it are relative to its folder
     * @param environment the supervisor's own: it has a say in where sockets go by default, and in where programs are
     *     found
     */
    public static Result read(Path file, Map<String, String> environment) {
        Problems problems = new Problems(file);
        Optional<Configuration> configuration = SourceText.read(file, problems)
                .flatMap(source -> parse(source, problems))
                .flatMap(root -> new ConfigurationReader(folderOf(file), environment, problems).read(root));
        if (configuration.isPresent() && problems.isEmpty()) {
            return new Valid(configuration.get(), problems.all());
        }
        return new Invalid(problems.all());
    }

    private static Optional<Node> parse(SourceText source, Problems problems) {
        TomlParseResult toml;
        try {
            toml = Toml.parse(source.text());
        } catch (TomlParseError e) {
            // tomlj collects errors in values, but throws those in the quoted keys of a table's header.
            report(e, problems);
            return Optional.empty();
        } catch (StackOverflowError e) {
            // tomlj descends once a bracket; nothing of a configuration is nested more than four deep.
            problems.addAboutFile("nested too deeply to be read");
            return Optional.empty();
        }
        toml.errors().forEach(error -> report(error, problems));
        // What follows a syntax error may have landed in the wrong table; more problems would only mislead.
        return toml.hasErrors() ? Optional.empty() : Optional.of(Node.root(toml, source, problems));
    }

    private static void report(TomlParseError error, Problems problems) {
        String message = String.valueOf(error.getMessage());
        String text = message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
        problems.add(error.position(), "", "syntax error: " + text);
    }

    private static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return Paths.withoutDots(folder == null ? Path.of("/") : folder);
    }
}
