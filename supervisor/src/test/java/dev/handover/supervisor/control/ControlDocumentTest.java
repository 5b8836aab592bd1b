package dev.handover.supervisor.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.handover.supervisor.config.ConfigurationFile;
import dev.handover.supervisor.config.Sources;
import dev.handover.supervisor.process.OutputLine;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.SteeringStatus;
import dev.handover.supervisor.terms.WorkerId;
import dev.handover.supervisor.terms.WorkerState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/control.md says what the code does. */
class ControlDocumentTest {
    private final String document = read();

    @Test
    void theRequestShownIsUnderstood() throws BadCall {
        List<String> requests =
                examples().stream().filter(line -> line.contains("\"method\"")).toList();
        assertThat(requests).hasSize(1);
        Call call = Call.parse(requests.get(0).getBytes(StandardCharsets.UTF_8));
        assertThat(call.verb()).isEqualTo(Verb.RELOAD);
        assertThat(call.service()).contains(Samples.WEB);
        assertThat(call.waits()).isTrue();
    }

    @Test
    void theAnswersShownAreThoseGiven() {
        List<String> answers =
                examples().stream().filter(line -> !line.contains("\"method\"")).toList();
        assertThat(answers)
                .containsExactly(
                        line(AnswerLine.result(
                                "2",
                                Results.status(
                                        Samples.STATUS,
                                        Path.of("/etc/handover.toml"),
                                        new ConfigurationFile.Valid(
                                                FakeDaemon.CONFIGURATION, List.of(), new Sources())))),
                        line(AnswerLine.result("3", DiagnosisJson.of(Samples.DIAGNOSIS, Samples.STATUS))),
                        line(AnswerLine.accepted("1", "begins when the reload under way has ended")),
                        line(AnswerLine.progress("1", Samples.START_BEGAN)),
                        line(AnswerLine.progress("1", Samples.START_ENDED)),
                        line(AnswerLine.reply("1", new Reply.Reloaded(List.of(Samples.COMPLETED)))),
                        line(AnswerLine.reply("1", new Reply.Reloaded(List.of(Samples.FAILED)))),
                        line(AnswerLine.accepted(
                                "1", "web is on hold, for 20 s at most, asked for by pid 4800, uid 0")),
                        line(AnswerLine.reply("1", Samples.HOLD_ENDED)),
                        line(AnswerLine.reply("1", Samples.SIGNALLED)),
                        line(AnswerLine.event("4", numbered(41, HappeningJson.of(Samples.EXITED)))),
                        line(AnswerLine.event(
                                "5",
                                OutputJson.of(new OutputLine(
                                        Instant.parse("2026-03-01T12:00:30Z"),
                                        new WorkerId(Samples.WEB, Samples.EIGHT, 1),
                                        "cannot read the licence")))),
                        line(AnswerLine.reply("1", new Reply.Upgrading(Samples.UPGRADE))),
                        line(AnswerLine.result(
                                "2", ControlConnection.version("1.2.3", 123, Optional.of(Samples.UPGRADED)))));
    }

    private static JsonObject numbered(long number, JsonObject happening) {
        JsonObject json = new JsonObject();
        json.addProperty("number", number);
        happening.asMap().forEach(json::add);
        return json;
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyNameThatTheServerMaySayIsExplained(Enum<?> constant) {
        assertThat(document).contains("`" + Wire.name(constant) + "`");
    }

    static Stream<Enum<?>> names() {
        List<Enum<?>> names = new ArrayList<>();
        names.addAll(List.of(ErrorCode.values()));
        names.addAll(List.of(Verb.values()));
        names.addAll(List.of(Happening.What.values()));
        names.addAll(List.of(ServiceState.values()));
        names.addAll(List.of(GenerationState.values()));
        names.addAll(List.of(WorkerState.values()));
        names.addAll(List.of(ReloadOutcome.values()));
        names.addAll(List.of(Phase.values()));
        names.addAll(List.of(PhaseEnd.values()));
        names.addAll(List.of(Ledger.Mode.values()));
        names.addAll(List.of(SteeringStatus.Role.values()));
        return names.stream();
    }

    /** The indented lines that are JSON. */
    private List<String> examples() {
        return document.lines()
                .filter(line -> line.startsWith("    {"))
                .map(String::strip)
                .toList();
    }

    private static String line(AnswerLine answer) {
        return new String(answer.bytes(), StandardCharsets.UTF_8).stripTrailing();
    }

    private static String read() {
        try {
            return Files.readString(Path.of("../docs/control.md"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
