package dev.handover.supervisor.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** Starts small Python programs as the other process of a test. They end with their standard input, so none is left. */
final class Python {
    private static final Path PROGRAM = Path.of("/usr/bin/python3");

    private Python() {}

    /** @param linesAndArgument the program's lines, then one argument for it */
    static Process start(String... linesAndArgument) throws IOException {
        assumeTrue(Files.isExecutable(PROGRAM), "needs " + PROGRAM);
        int last = linesAndArgument.length - 1;
        String program = String.join("\n", Arrays.copyOf(linesAndArgument, last));
        return new ProcessBuilder(PROGRAM.toString(), "-I", "-c", program, linesAndArgument[last])
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The next line that it prints. */
    static String line(Process process) throws IOException {
        // The process keeps this reader, with what it has read ahead.
        return Objects.requireNonNull(
                process.inputReader(StandardCharsets.UTF_8).readLine(), "the program ended");
    }
}
