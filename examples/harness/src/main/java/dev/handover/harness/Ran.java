package dev.handover.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that ran to its end.
 *
 * @param command its words
 * @param exitCode 128 and the signal's number, where a signal ended it
 * @param out what it printed
 * @param err what it complained of
 */
public record Ran(List<String> command, int exitCode, String out, String err) {
    /**
     * Runs a program, whose input is empty.
     *
     * @throws IOException if it can't be started, or takes too long; it has been ended then
     */
    public static Ran run(Duration limit, Map<String, String> environment, List<String> words)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("ran", ".out");
        Path err = Files.createTempFile("ran", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IOException(
                        words + " did not end within " + limit + ":\n" + Files.readString(out) + Files.readString(err));
            }
            return new Ran(words, process.exitValue(), read(out), read(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Runs a program in this one's environment. */
    public static Ran run(Duration limit, List<String> words) throws IOException, InterruptedException {
        return run(limit, Map.of(), words);
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** This, if it ended well. */
    public Ran succeeded() throws IOException {
        if (exitCode != 0) {
            throw new IOException(toString());
        }
        return this;
    }

    @Override
    public String toString() {
        return String.join(" ", command) + " exited with " + exitCode + ":\n" + out + err;
    }
}
