package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CoreClockTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** As System.nanoTime: it may begin anywhere. */
    private long monotonic = Long.MAX_VALUE - SECOND;

    private final CoreClock clock = new CoreClock(() -> monotonic);

    @Test
    void aWaitThatEndsAsPlannedOrBeforeCountsInFull() {
        monotonic += 3 * SECOND;
        assertThat(clock.advance(3 * SECOND)).isEqualTo(3 * SECOND);
        monotonic += SECOND;
        assertThat(clock.advance(3 * SECOND)).isEqualTo(4 * SECOND);
    }

    @Test
    void itStandsStillWhileTheProcessDoes() {
        monotonic += 11 * SECOND;
        assertThat(clock.advance(SECOND)).isEqualTo(SECOND + CoreClock.SLACK);
        monotonic += 60 * SECOND;
        assertThat(clock.advance(0)).isEqualTo(SECOND + 2 * CoreClock.SLACK);
    }

    @Test
    void aWaitWithoutAnEndCountsInFull() {
        monotonic += 3600 * SECOND;
        assertThat(clock.advance(Long.MAX_VALUE)).isEqualTo(3600 * SECOND);
    }
}
