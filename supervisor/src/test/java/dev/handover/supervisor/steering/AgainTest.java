package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AgainTest {
    private final HandTurns turns = new HandTurns();
    private int looks;
    private int last = Integer.MAX_VALUE;
    private long lookTakes;

    private boolean look(long now) {
        turns.spend(lookTakes);
        return ++looks == last;
    }

    @Test
    void whatMayTakeLongIsLookedAtEverLessOftenAndAtLeastEachSecond() {
        Again.everLessOften(turns, this::look).begin();
        turns.pass(5_000);
        assertThat(turns.pauses()).startsWith(1L, 2L, 4L, 8L).contains(512L).endsWith(1000L, 1000L);
    }

    @Test
    void lookingTakesAtMostHalfOfAllTime() {
        lookTakes = 40;
        Again.often(turns, this::look).begin();
        turns.pass(100);
        assertThat(turns.pauses()).startsWith(1L, 40L);
    }

    @Test
    void theLastLookIsTheLast() {
        last = 3;
        Again again = Again.often(turns, this::look);
        again.begin();
        turns.pass(100);
        assertThat(looks).isEqualTo(3);
        assertThat(turns.isIdle()).isTrue();

        last = 4;
        again.begin();
        turns.pass(100);
        assertThat(looks).isEqualTo(4);
    }

    @Test
    void whatIsLookedAtAlreadyIsNotLookedAtTwiceAsOften() {
        Again again = Again.seldom(turns, this::look);
        again.begin();
        again.begin();
        turns.pass(1_000);
        again.begin();
        turns.pass(2_000);
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void aLookThatFailsIsTheLastUntilItIsBegunAnew() {
        Again again = Again.often(turns, now -> {
            look(now);
            throw new IllegalStateException("on purpose");
        });
        again.begin();
        assertThatThrownBy(() -> turns.pass(10)).hasMessage("on purpose");
        assertThat(turns.isIdle()).isTrue();
        again.begin();
        assertThat(turns.isIdle()).isFalse();
    }
}
