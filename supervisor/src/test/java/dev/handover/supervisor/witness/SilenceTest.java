package dev.handover.supervisor.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.DatagramProbe.Sight;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Sight SAME = new Sight(Map.of(1L, 100L, 2L, 0L), false);

    private final Silence silence = new Silence(Duration.ofSeconds(10));

    @Test
    void itIsOverWhenNothingHasBeenReadForLongEnough() {
        assertThat(silence.isDue(0)).isTrue();
        silence.look(SAME, 0);
        assertThat(silence.isDue(SECOND - 1)).isFalse();
        assertThat(silence.isDue(SECOND)).isTrue();
        silence.look(SAME, 10 * SECOND - 1);
        assertThat(silence.isOver()).isFalse();
        silence.look(SAME, 10 * SECOND);
        assertThat(silence.isOver()).isTrue();
    }

    @Test
    void whatIsReadOrWaitsBreaksIt() {
        Sight read = new Sight(Map.of(1L, 100L, 2L, 7L), false);
        silence.look(SAME, 0);
        silence.look(read, 9 * SECOND);
        silence.look(read, 18 * SECOND);
        assertThat(silence.isOver()).isFalse();
        silence.look(new Sight(read.lastRead(), true), 20 * SECOND);
        assertThat(silence.isOver()).isFalse();
        silence.look(read, 30 * SECOND);
        assertThat(silence.isOver()).isTrue();
    }
}
