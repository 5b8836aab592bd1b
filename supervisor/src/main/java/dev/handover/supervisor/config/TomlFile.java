package dev.handover.supervisor.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** One file of TOML: the main one, or one that it includes. */
final class TomlFile {
    /** One of each kind of value. */
    private static final String SAMPLE = "[services.web]\ncommand = [\"true\"]\nworkers = 2\nautostart = true\n";

    private TomlFile() {}

    static void prepare() {
        Toml.parse(SAMPLE);
    }

    /** Its topmost table; what keeps it from being had becomes a problem. */
    static Optional<Node> read(Path file, Problems problems, Sources sources) {
        sources.note(file);
        return SourceText.read(file, "TOML", problems).flatMap(source -> parse(source, problems));
    }

    private static Optional<Node> parse(SourceText source, Problems problems) {
        TomlParseResult toml;
        try {
            toml = Toml.parse(source.text());
        } catch (TomlParseError e) {
            // tomlj collects errors in values, but throws those in the quoted keys of a table's header.
            report(e, problems);
            return Optional.empty();
        } catch (RuntimeException | AssertionError e) {
            // Of its own faults, such as with an escape in a key that is cut short; what it says of these helps nobody.
            problems.addAboutFile("not TOML, in a way that can't be told closer; expected complete keys and escapes");
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
}
