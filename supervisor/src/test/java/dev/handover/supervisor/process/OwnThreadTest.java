package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnThreadTest {
    @Test
    void itIsThereBeforeThereIsWorkForIt() {
        OwnThread thread = new OwnThread("there from the start");
        try {
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .contains("there from the start");
        } finally {
            thread.shutdownNow();
        }
    }
}
