package dev.handover.supervisor.upgrade;

import com.google.gson.JsonObject;
import dev.handover.supervisor.linux.CString;
import dev.handover.supervisor.linux.Children;
import dev.handover.supervisor.linux.Image;
import dev.handover.supervisor.linux.Launcher;
import dev.handover.supervisor.linux.Pidfd;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.state.StartFailure;
import dev.handover.supervisor.state.StateFile;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Exit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a program could be the supervisor: started as a child with {@link #OPTION}, it boots, reads the configuration and the
 * state, and says what it is, in a line of JSON.
 */
public final class Trial {
    /** The last word of its command line. */
    public static final String OPTION = "--trial";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Trial() {}

    /**
     * What a program says that was tried.
     *
     * @param control of its configuration, like {@code state}
     * @param image what it was made of, {@link #OPTION} left out
     */
    record Answer(String version, Path control, Path state, Image image) {}

    /**
     * What this program answers when it is tried.
     *
     * @throws StartFailure if the state can't be read
     */
    public static String answer(Configuration configuration, String version) throws IOException, StartFailure {
        StateFile.read(StateFile.of(configuration));
        Image own = Image.ofThisProcess();
        List<CString> words = own.words();
        JsonObject json = new JsonObject();
        json.addProperty("version", version);
        json.addProperty("control", configuration.control().toString());
        json.addProperty("state", configuration.state().toString());
        json.add("image", ImageJson.write(own.withWords(words.subList(0, words.size() - 1))));
        return json.toString();
    }

    /**
     * Tries a program.
     *
     * @param folder for what it writes
     * @throws IOException if it could not be the supervisor, with a message for users
     */
    static Answer of(Path file, List<CString> words, List<CString> environment, Path folder) throws IOException {
        Path out = Files.write(folder.resolve("trial.out"), new byte[0]);
        Path err = Files.write(folder.resolve("trial.err"), new byte[0]);
        Path directory = Path.of("").toAbsolutePath();
        try {
            Exit exit = run(new Program(file, words, environment, directory, out, err));
            if (!exit.equals(new Exit.Code(0))) {
                throw new IOException(lastLine(err)
                        .or(() -> lastLine(out))
                        .map(line -> line + " (it " + exit + ")")
                        .orElse("it " + exit));
            }
            return Json.read(Files.readString(out, StandardCharsets.UTF_8), Trial::read);
        } finally {
            Files.delete(out); // it has the environment, and so what is secret in that
            Files.delete(err);
        }
    }

    private static Answer read(JsonObject json) {
        return new Answer(
                json.get("version").getAsString(),
                Path.of(json.get("control").getAsString()),
                Path.of(json.get("state").getAsString()),
                ImageJson.read(json.getAsJsonObject("image")));
    }

    private static Exit run(Program program) throws IOException {
        long pid = Launcher.start(program);
        try (Pidfd process = Pidfd.open(pid).orElseThrow(() -> new IOException("it vanished"))) {
            if (!process.awaitEnd(LIMIT)) {
                Children.end(pid);
                throw new IOException("it has not answered within " + LIMIT.toSeconds() + " s");
            }
        }
        Exit exit = Children.exit(pid);
        Children.reap(pid);
        return exit;
    }

    private static Optional<String> lastLine(Path file) {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
            return lines.filter(line -> !line.isBlank()).reduce((one, next) -> next);
        } catch (IOException | UncheckedIOException unreadable) {
            return Optional.empty();
        }
    }
}
