package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisordMainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of("/");

    @Test
    void checkOfAValidFileEndsWithZeroAndStartsNothing() throws IOException {
        Path started = folder.resolve("started");
        Path file = file("[services.web]\ncommand = [\"touch\", \"" + started + "\"]\n");
        assertThat(run("--config", file.toString(), "--check")).isEqualTo(0);
        assertThat(out.toString())
                .startsWith(file + ": valid\nweb: plain (no listener is declared)\n")
                .contains("change: declare the addresses that its workers listen on");
        assertThat(started).doesNotExist();
    }

    @Test
    void checkTellsWhichAddressesOfASupervisorThatRunsNobodyWillServe() throws IOException {
        Path control = folder.resolve("control.sock");
        Path file = file("supervisor.control = \"" + control + "\"\n[services.web]\ncommand = [\"sh\"]\n"
                + "listen = [\"tcp://127.0.0.1:2\"]\n");
        try (FakeSupervisor running = new FakeSupervisor(
                control,
                false,
                "{'id':'1','result':{'services':[{'service':'web','steering':{'groups':["
                        + "{'address':'tcp://127.0.0.1:1'},{'address':'tcp://127.0.0.1:2'}]}}]}}")) {
            assertThat(run("--config", file.toString(), "--check")).isEqualTo(0);
            assertThat(running.requests()).hasSize(1);
        }
        assertThat(out.toString())
                .contains("nobody serves tcp://127.0.0.1:1 any more after a reload: web does now")
                .doesNotContain("nobody serves tcp://127.0.0.1:2");
    }

    @Test
    void checkOfAnInvalidFileEndsWithTwoAndTellsEveryProblem() throws IOException {
        Path file = file("[services.web]\ncomand = [\"true\"]\nworkers = 0\n");
        assertThat(run("--check", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains("did you mean 'command'?")
                .contains("services.web.workers")
                .endsWith("supervisord: the configuration is invalid\n");
    }

    @Test
    void checkTellsWhatAServiceLacksOnThisMachineAndEndsWithTwo() throws IOException {
        Path file = file("[services.web]\ncommand = [\"./gone\"]\n");
        assertThat(run("--check", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains("services.web.command[0]: there is no file ")
                .endsWith(
                        "supervisord: the text is valid, but what is named here can't start on this machine now, or is told of nothing\n");
    }

    @Test
    void aWrongCommandLineEndsWithTwoAndOneLine() {
        assertThat(run("--config", "x", "--log-level", "loud")).isEqualTo(2);
        assertThat(err.toString()).contains("'loud'").hasLineCount(1);
    }

    @Test
    void theVersionIsTold() {
        assertThat(run("--version")).isEqualTo(0);
        assertThat(out).hasToString("supervisord unpackaged\n");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("c.toml"), text);
    }

    private int run(String... arguments) {
        return SupervisordMain.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
