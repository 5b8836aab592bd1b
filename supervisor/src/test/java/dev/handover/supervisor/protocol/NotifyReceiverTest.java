package dev.handover.supervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.process.RunningWorkers;
import dev.handover.supervisor.process.RunningWorkers.Speaker;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifyReceiverTest {
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(7), 1);
    private static final Speaker SPEAKER = new Speaker(WORKER, 4711);

    private final List<String> warnings = new ArrayList<>();

    @Test
    void whatSystemdDefinesIsUnderstoodInItsOrder() {
        assertThat(NotifyReceiver.events(
                        "STATUS=warming up\nREADY=1\nWATCHDOG=1\nEXTEND_TIMEOUT_USEC=1500000\nSTOPPING=1\nWATCHDOG=trigger",
                        SPEAKER,
                        warnings::add))
                .containsExactly(
                        new Event.SaidStatus(WORKER, 4711, "warming up"),
                        new Event.SaidReady(WORKER, 4711),
                        new Event.SaidAlive(WORKER, 4711),
                        new Event.SaidExtends(WORKER, 4711, Duration.ofMillis(1500)),
                        new Event.SaidDraining(WORKER, 4711),
                        new Event.SaidFailed(WORKER, 4711));
    }

    @Test
    void whatMeansNothingHereIsPassedOver() {
        assertThat(NotifyReceiver.events("MAINPID=1\nREADY=0\nFDSTORE=1\n\nERRNO=2", SPEAKER, warnings::add))
                .isEmpty();
    }

    @Test
    void socketOfAWorkerThatEndedUnseenIsRemoved(@TempDir Path folder) throws IOException {
        Path left = Files.createFile(folder.resolve("web-g6-w1"));
        try (NotifyReceiver next =
                new NotifyReceiver(folder, new RunningWorkers(Memory.EMPTY), event -> {}, warnings::add)) {
            next.clear(Memory.EMPTY);
            assertThat(left).doesNotExist();
        }
        assertThat(folder).doesNotExist();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aTimeThatIsNoneIsTold() {
        for (String bad : List.of("", "0", "-1", "5s", "1.5", "1234567890123456")) {
            warnings.clear();
            assertThat(NotifyReceiver.events("EXTEND_TIMEOUT_USEC=" + bad, SPEAKER, warnings::add))
                    .isEmpty();
            assertThat(warnings)
                    .containsExactly("web/g7/w1 says EXTEND_TIMEOUT_USEC=" + bad
                            + ": expected a number of microseconds, more than 0; ignored");
        }
    }
}
