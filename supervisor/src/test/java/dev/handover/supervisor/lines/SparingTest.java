package dev.handover.supervisor.lines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SparingTest {
    private final List<String> said = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5; // the monotonic clock may overflow

    private final Sparing sparing = new Sparing(said::add, () -> now);

    private void say(int lines) {
        for (int i = 0; i < lines; i++) {
            sparing.accept("wrong");
        }
    }

    @Test
    void whatComesAgainAndAgainIsSaidAFewTimesAndThenCounted() {
        say(1000);
        assertThat(said).hasSize(Sparing.AT_ONCE).containsOnly("wrong");
        now += Sparing.EACH.toNanos();
        say(2);
        assertThat(said)
                .hasSize(Sparing.AT_ONCE + 1)
                .endsWith("wrong (and 980 such lines before it that are left out)");
        now += Sparing.EACH.multipliedBy(1000).toNanos();
        say(1000);
        assertThat(said)
                .hasSize(2 * Sparing.AT_ONCE + 1)
                .endsWith("wrong")
                .contains("wrong (and 1 such lines before it that are left out)");
    }
}
