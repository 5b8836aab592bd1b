package dev.handover.supervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.process.RunningWorkers.Speaker;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import org.junit.jupiter.api.Test;

class NotifyReceiverTest {
    private static final WorkerId WORKER = new WorkerId(new ServiceName("web"), new GenerationId(7), 1);
    private static final Speaker SPEAKER = new Speaker(WORKER, 4711);

    @Test
    void whatSystemdDefinesIsUnderstoodInItsOrder() {
        assertThat(NotifyReceiver.events(
                        "STATUS=warming up\nREADY=1\nWATCHDOG=1\nSTOPPING=1\nWATCHDOG=trigger", SPEAKER))
                .containsExactly(
                        new Event.SaidStatus(WORKER, 4711, "warming up"),
                        new Event.SaidReady(WORKER, 4711),
                        new Event.SaidAlive(WORKER, 4711),
                        new Event.SaidDraining(WORKER, 4711),
                        new Event.SaidFailed(WORKER, 4711));
    }

    @Test
    void whatMeansNothingHereIsPassedOver() {
        assertThat(NotifyReceiver.events("MAINPID=1\nREADY=0\nFDSTORE=1\n\nERRNO=2", SPEAKER))
                .isEmpty();
    }
}
