package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RunningWorkersTest {
    private static final WorkerId ONE = new WorkerId(new ServiceName("web"), new GenerationId(1), 1);
    private static final WorkerId OTHER = new WorkerId(new ServiceName("web"), new GenerationId(1), 2);

    private final ProcessId self = new ProcessId(ProcessHandle.current().pid(), 1);
    private final RunningWorkers running = new RunningWorkers(Memory.EMPTY);

    @Test
    void whoIsKnownDoesNotWaitForAnothersStartAndWhoIsNotDoes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        running.add(ONE, self);
        Thread start = new Thread(() -> {
            try {
                running.starting(OTHER, () -> {
                    begun.countDown();
                    await().until(() -> goesOn.getCount() == 0);
                    return new ProcessId(2, 1);
                });
            } catch (IOException unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        start.start();
        begun.await();
        assertThat(running.isWorker(self.pid())).isTrue();
        assertThat(running.speaker(ONE)).isPresent();
        running.remove(self.pid());
        CompletableFuture<Boolean> asked = new CompletableFuture<>();
        Thread asks = new Thread(() -> asked.complete(running.speaker(OTHER).isPresent()));
        asks.start();
        await().until(() -> asks.getState() == Thread.State.WAITING);
        goesOn.countDown();
        assertThat(asked.get()).isTrue();
        start.join();
    }
}
