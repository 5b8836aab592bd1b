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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script that completes, in a bash; the supervisorctl that it asks answers as one with three services would. */
@Timeout(300)
class CompletionTest {
    private static final Path BASH = Path.of("/bin/bash");

    @TempDir
    private Path folder = Path.of("/");

    @BeforeEach
    void generate() throws IOException {
        assumeTrue(Files.isExecutable(BASH), "there is no /bin/bash");
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(script, true, StandardCharsets.UTF_8);
        assertThat(new Supervisorctl(Map.of(), out, out, false).run("generate-completion"))
                .isEqualTo(0);
        Files.write(folder.resolve("completion"), script.toByteArray());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s                                  | scale shutdown signal start status stop",
                "reload ''                          | api web web2",
                "stop w                             | web web2",
                "--socket /a/b status else          | elsewhere/a/b",
                "--socket = ~/c reload e            | elsewhere/home/c",
                "reload --no-wait --timeout 3s ap   | api",
                "rollback ap                        | api",
                "history ap                         | api",
                "promote ap                         | api",
                "reload --to 5 ap                   | api",
                "restart --no-wait ap               | api",
                "signal we                          | web web2",
                "status web ''                      | ''",
                "events ap                          | api",
                "logs -n 20 ap                      | api",
                "events --sin                       | --since",
                "doctor ''                          | ''",
                "reload --time                      | --timeout"
            })
    void commandsOptionsAndTheServicesThatRunAreCompleted(String line, String completed) throws Exception {
        String answer =
                bash("""
                supervisorctl() {
                    case "$*" in
                        "--json status") echo '{"id":"1","result":{"services":[{"service":"web"},{"service":"web2"},{"service":"api"}]}}' ;;
                        "--socket "*" --json status") echo "{\\"services\\":[{\\"service\\":\\"elsewhere$2\\"}]}" ;;
                        *) echo "asked: $*" >&2 ;;
                    esac
                }
                HOME=/home
                source '%s' || exit 1
                COMP_WORDS=(supervisorctl %s) COMP_LINE="supervisorctl %s"
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_POINT=${#COMP_LINE}
                complete=$(complete -p supervisorctl) || exit 1
                function=${complete#*-F } function=${function%%%% *}
                # Its compopt has something to say only while a user types.
                $function 2>/dev/null
                echo "${COMPREPLY[@]}"
                """.formatted(folder.resolve("completion"), line.replace("~", "'~'"), line.replace("''", "")));
        assertThat(answer.strip().split("\\s+")).containsExactlyInAnyOrder(completed.split(" "));
    }

    private static String bash(String script) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder(BASH.toString(), "--norc", "-c", script)
                .redirectErrorStream(true)
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(bash.exitValue()).as(output).isZero();
        return output;
    }
}
