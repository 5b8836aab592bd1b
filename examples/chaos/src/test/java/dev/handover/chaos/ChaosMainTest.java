package dev.handover.chaos;

import static dev.handover.chaos.load.FaultyServer.HTTP_OK;
import static dev.handover.chaos.load.FaultyServer.readRequest;
import static dev.handover.chaos.load.FaultyServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.handover.chaos.load.FaultyServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The command as a user sees it: exit codes, table, JSON. */
final class ChaosMainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int chaos(String... arguments) {
        CommandLine line = ChaosMain.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private int load(FaultyServer server, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("--target", server.target().toString(), "--rate", "40", "--duration", "500ms"));
        arguments.addAll(List.of(more));
        return chaos(arguments.toArray(String[]::new));
    }

    private static FaultyServer good() throws IOException {
        return FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, HTTP_OK);
        });
    }

    private static FaultyServer closing() throws IOException {
        return FaultyServer.start(FaultyServer::readRequest);
    }

    @Test
    void nothingDroppedIsExit0AndATable() throws IOException {
        try (FaultyServer server = good()) {
            assertThat(load(server)).isZero();
            assertThat(out.toString())
                    .contains("mode http, 40 a second for 0.5 s: 20 attempts")
                    .containsPattern("  ok +20\n")
                    .containsPattern("  reset before the reply +0\n")
                    .containsPattern("  dropped +0\n")
                    .containsPattern("  answered by web/g1/w2/4711 +20\n");
        }
    }

    @Test
    void dropsAreExit1UnlessAllowed() throws IOException {
        try (FaultyServer server = closing()) {
            assertThat(load(server)).isEqualTo(1);
            assertThat(out.toString())
                    .containsPattern("  closed without a reply +20\n")
                    .containsPattern("  dropped +20\n");
            assertThat(load(server, "--allow-drops")).isZero();
        }
    }

    @Test
    void wrongRepliesAreExit1() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
        })) {
            assertThat(load(server)).isEqualTo(1);
            assertThat(out.toString()).containsPattern("  wrong replies +20\n");
        }
    }

    @Test
    void theClientsOwnErrorsAreExit3AndSaidSo() throws IOException {
        try (FaultyServer server = good()) {
            assertThat(load(server, "--allow-drops", "--source", "192.0.2.1")).isEqualTo(3);
            assertThat(out.toString()).contains("NOT TO BE TRUSTED: 20 attempts failed by the client's own doing");
        }
    }

    @Test
    void targetThatNeverAnswersIsExit3InOneLine() throws IOException {
        try (FaultyServer server = FaultyServer.full()) {
            assertThat(load(server, "--wait-for-target", "1ms")).isEqualTo(3);
            assertThat(err.toString().lines()).hasSize(1);
            assertThat(err.toString()).contains("accepted no connection within 1ms");
        }
    }

    @Test
    void failedReloadsAreExit4UnlessAllowed() throws IOException {
        try (FaultyServer server = good()) {
            assertThat(load(server, "--reloads", "2", "--reload-command", "exit 3"))
                    .isEqualTo(4);
            assertThat(out.toString())
                    .contains("reload 1 at")
                    .contains("reload 2 at")
                    .contains("exit 3 after");
            assertThat(load(server, "--reloads", "1", "--reload-command", "exit 3", "--allow-failed-reloads"))
                    .isZero();
        }
    }

    @Test
    void theLoadGoesOnUntilTheLastReloadHasEnded(@TempDir Path folder) throws IOException {
        Path served = folder.resolve("served");
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            Files.writeString(served, "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            write(socket, HTTP_OK);
        })) {
            String untilMoreAreServed = "while [ $(wc -c < " + served + ") -le 20 ]; do sleep 0.01; done";
            assertThat(load(server, "--reloads", "1", "--reload-command", untilMoreAreServed))
                    .isZero();
        }
    }

    @Test
    void jsonHoldsTheWholeReport(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("report.json");
        try (FaultyServer server = closing()) {
            load(server, "--json", file.toString(), "--reloads", "1", "--reload-command", "echo hello");
        }
        JsonObject report = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        assertThat(report.keySet()).containsExactly("load", "reloads");
        JsonObject load = report.getAsJsonObject("load");
        assertThat(load.keySet())
                .containsExactly(
                        "target",
                        "mode",
                        "rate",
                        "seconds",
                        "startedAt",
                        "attempts",
                        "outcomes",
                        "dropped",
                        "replies",
                        "wrongReplies",
                        "delayed",
                        "metClosing",
                        "connections",
                        "timetable",
                        "latency",
                        "connect",
                        "workers",
                        "generations",
                        "losses");
        JsonObject outcomes = load.getAsJsonObject("outcomes");
        assertThat(outcomes.keySet())
                .containsExactly(
                        "ok",
                        "refused",
                        "reset-while-connecting",
                        "reset-before-reply",
                        "reset-in-reply",
                        "closed-without-reply",
                        "short-reply",
                        "connect-timeout",
                        "reply-timeout",
                        "client-error");
        assertThat(outcomes.get("closed-without-reply").getAsLong())
                .isEqualTo(load.get("attempts").getAsLong())
                .isGreaterThanOrEqualTo(20);
        JsonObject reload = report.getAsJsonArray("reloads").get(0).getAsJsonObject();
        assertThat(reload.get("exitCode").getAsInt()).isZero();
        assertThat(reload.getAsJsonArray("lastLines").get(0).getAsString()).isEqualTo("hello");
        Report read = Json.read(Files.readString(file), Report.class);
        assertThat(Json.read(Json.write(read), Report.class)).isEqualTo(read);
    }

    @Test
    void serverCommandIsStartedBeforeTheLoadAndStoppedAfterIt() throws IOException {
        try (FaultyServer server = good()) {
            assertThat(load(server, "--server-command", "sleep 60; true")).isZero();
        }
        assertThat(ProcessHandle.current().children().map(ProcessHandle::info))
                .noneMatch(info -> info.commandLine().orElse("").contains("sleep 60"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --rate 5                                      | --target is missing
                    --target nowhere                              | a target is HOST:PORT
                    --target [::1]:80 --mode htp                  | a mode is http, line, banner, keepalive or long
                    --target a:1 --duration 5                     | a duration is a number and one of
                    --target a:1 --duration 0s                    | the duration must be longer than 0
                    --target a:1 --rate 0                         | the rate is more than 0
                    --target a:1 --path x                         | the path starts with '/'
                    --target a:1 --reloads 3                      | --reloads needs --reload-command
                    --target a:1 --reloads -1 --reload-command x  | the number of reloads is 0 or more
                    --target a:1 --json /no/such/folder/x.json    | there is no folder for
                    --target a:1 --speed 9                        | --speed
                    """)
    void badUsageIsExit2InOneLine(String arguments, String said) {
        assertThat(chaos(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(said);
        assertThat(err.toString().lines()).hasSize(1);
    }
}
