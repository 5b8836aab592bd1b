package dev.handover.systemd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A systemd that runs as process 1 of namespaces of its own, held by {@code in-systemd}, until closed. */
final class BootedSystemd implements AutoCloseable {
    private static final int CANNOT = 77;
    private static final Duration LONGEST_COMMAND = Duration.ofMinutes(2);

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
        ProcessBuilder builder =
                new ProcessBuilder(Checkout.file("systemd/src/test/in-systemd").toString(), "--hold");
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

    /** Runs a command in there. */
    Ran run(String... command) throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of("nsenter", "--target", pid, "--mount", "--uts", "--ipc", "--pid", "--cgroup"));
        words.addAll(List.of(command));
        return Ran.run(LONGEST_COMMAND, words);
    }

    /** Runs a command that must succeed, and returns what it printed. */
    String output(String... command) throws IOException, InterruptedException {
        return run(command).succeeded().out().stripTrailing();
    }

    @Override
    public void close() {
        try {
            holder.getOutputStream().close();
            if (!holder.waitFor(120, TimeUnit.SECONDS)) {
                throw new IllegalStateException("in-systemd (pid " + holder.pid() + ") did not end within 30 s");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
