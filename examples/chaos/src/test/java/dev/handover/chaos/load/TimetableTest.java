package dev.handover.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TimetableTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicBoolean goesOn = new AtomicBoolean(true);
    private final Timetable timetable = new Timetable(7, 10, Duration.ofSeconds(1), goesOn::get);

    private void begin(int attempts) {
        for (int i = 0; i < attempts; i++) {
            timetable.advance();
        }
    }

    @Test
    void whatWasMissedWithinTheDurationIsMadeUpFor() {
        begin(3);
        timetable.skipMissed(7 + SECOND / 2);
        assertThat(timetable.nextDue()).isEqualTo(7 + 3 * SECOND / 10);
    }

    @Test
    void whatWasMissedBeyondItIsNot() {
        begin(11);
        timetable.skipMissed(7 + 2 * SECOND + SECOND / 20);
        assertThat(timetable.begun()).isEqualTo(20);
        assertThat(timetable.nextDue()).as("one is due at once").isEqualTo(7 + 2 * SECOND);
    }

    @Test
    void itIsOverWithItsDurationOrWhenItGoesOnNoMore() {
        begin(10);
        assertThat(timetable.isDone()).isFalse();
        goesOn.set(false);
        assertThat(timetable.isDone()).isTrue();
    }
}
