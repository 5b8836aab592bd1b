package dev.handover.systemd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/** A systemd that runs as process 1 of namespaces of its own, held by {@code in-systemd}, until closed. */
final class BootedSystemd implements AutoCloseable {
    private static final int CANNOT = 77;

    private final Process holder;
    private final String pid;

    private BootedSystemd(Process holder, String pid) {
        this.holder = holder;
        this.pid = pid;
    }

    /**
     * Boots one; where that can't be done (no root, no systemd), the test is skipped with the reason.
     *
     * @param stage the folder that is seen as {@code /run/stage} in there
     */
    static BootedSystemd boot(Path stage) throws IOException, InterruptedException {
        Path complaints = stage.resolve("in-systemd.log");
        ProcessBuilder builder = new ProcessBuilder("test/in-systemd", "--hold");
        builder.environment().put("STAGE", stage.toString());
        Process holder = builder.redirectError(complaints.toFile()).start();
        BufferedReader reader = holder.inputReader(UTF_8);
        String line = reader.readLine();
        if (line == null) {
            int exit = holder.waitFor();
            String why = Files.readString(complaints).strip();
            Assumptions.assumeFalse(exit == CANNOT, why);
            throw new IOException("in-systemd exited with " + exit + ": " + why);
        }
        return new BootedSystemd(holder, line.substring("up ".length()));
    }

    /** What a command in there came to; both of its streams are in the output. */
    record Result(List<String> command, int exit, String output) {
        @Override
        public String toString() {
            return String.join(" ", command) + " exited with " + exit + ":\n" + output;
        }
    }

    Result run(String... command) throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of("nsenter", "--target", pid, "--mount", "--uts", "--ipc", "--pid", "--cgroup"));
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try (BufferedReader reader = process.inputReader(UTF_8)) {
            String output = reader.lines().collect(Collectors.joining("\n"));
            return new Result(List.of(command), process.waitFor(), output);
        }
    }

    /** Runs a command that must succeed, and returns what it printed. */
    String output(String... command) throws IOException, InterruptedException {
        Result result = run(command);
        if (result.exit() != 0) {
            throw new IOException(result.toString());
        }
        return result.output();
    }

    @Override
    public void close() {
        try {
            holder.getOutputStream().close();
            if (!holder.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("in-systemd (pid " + holder.pid() + ") did not end within 30 s");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
