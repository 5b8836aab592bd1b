package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CompletionTest {
    private static final Path BASH = Path.of("/bin/bash");

    @Test
    void bashTakesTheCompletionAndCompletesCommands(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(BASH), "there is no /bin/bash");
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(script, true, StandardCharsets.UTF_8);
        assertThat(new Supervisorctl(Map.of(), out, out, false).run("generate-completion"))
                .isEqualTo(0);
        Path file = folder.resolve("completion");
        Files.write(file, script.toByteArray());

        String completed = bash("""
                source '%s' || exit 1
                complete -p supervisorctl >/dev/null || exit 1
                COMP_WORDS=(supervisorctl s) COMP_CWORD=1 COMP_LINE='supervisorctl s' COMP_POINT=15
                # Its compopt has something to say only while a user types.
                _complete_supervisorctl 2>/dev/null && echo "${COMPREPLY[@]}"
                """.formatted(file));

        assertThat(completed.strip().split("\\s+")).containsExactlyInAnyOrder("status", "stop", "start", "shutdown");
    }

    private static String bash(String script) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder(BASH.toString(), "--norc", "-c", script)
                .redirectErrorStream(true)
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(bash.exitValue()).as(output).isZero();
        return output;
    }
}
