package dev.handover.supervisor.lines;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000;
    private static final long START = Long.MAX_VALUE - SECOND / 2; // the monotonic clock may overflow

    private final Pace pace = new Pace(10, START);

    @Test
    void aSecondsWorthIsTakenAtOnceAndThenOneAtATime() {
        for (int i = 0; i < 10; i++) {
            assertThat(pace.next(START)).isZero();
        }
        assertThat(pace.next(START)).isEqualTo(SECOND / 10);
        assertThat(pace.next(START + SECOND / 10)).isEqualTo(SECOND / 10);
    }

    @Test
    void whoWasSilentForLongHasASecondsWorthAgainAndNoMore() {
        long silence = Duration.ofSeconds(100).toNanos();
        long later = START + silence;
        for (int i = 0; i < 10; i++) {
            assertThat(pace.next(later)).isZero();
        }
        assertThat(pace.next(later)).isEqualTo(SECOND / 10);
    }
}
