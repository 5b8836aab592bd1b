package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RecordingTest {
    private static final ServiceName WEB = new ServiceName("web");

    @TempDir
    private Path folder = Path.of("/");

    private static Happening ended() {
        ReloadReport report = new ReloadReport(
                WEB,
                Optional.of(new GenerationId(7)),
                Optional.of(new GenerationId(8)),
                ReloadOutcome.FAILED,
                "it died",
                List.of("a secret"),
                List.of(
                        new PhaseReport(Phase.START, Duration.ofMillis(700), PhaseEnd.DONE),
                        new PhaseReport(Phase.FLIP, Duration.ofMillis(5), PhaseEnd.UNFIT)),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new Happening(
                Instant.EPOCH,
                What.RELOAD_ENDED,
                Severity.ERROR,
                Subject.of(WEB, new GenerationId(8)),
                "web: failed: it died",
                Optional.of(report));
    }

    @Test
    void whatHappensWhileItRecordsIsInARecording() throws IOException {
        Recording.note(ended()); // nothing records it
        Path file = folder.resolve("handover.jfr");
        try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
            recording.start();
            Recording.note(ended());
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.handover."))
                .toList();
        assertThat(events)
                .satisfiesExactlyInAnyOrder(
                        event -> assertThat(event)
                                .returns(
                                        "dev.handover.Happening",
                                        one -> one.getEventType().getName())
                                .returns("reload-ended", one -> one.getString("what"))
                                .returns("error", one -> one.getString("severity"))
                                .returns("web", one -> one.getString("service"))
                                .returns(8L, one -> one.getLong("generation"))
                                .returns("web: failed: it died", one -> one.getString("text")),
                        event -> assertThat(event)
                                .returns(
                                        "dev.handover.Handover",
                                        one -> one.getEventType().getName())
                                .returns(7L, one -> one.getLong("from"))
                                .returns(8L, one -> one.getLong("to"))
                                .returns("failed", one -> one.getString("outcome"))
                                .returns("it died", one -> one.getString("reason"))
                                .returns("", one -> one.getString("verdict"))
                                .returns(Duration.ofMillis(705), one -> one.getDuration("took")));
    }
}
