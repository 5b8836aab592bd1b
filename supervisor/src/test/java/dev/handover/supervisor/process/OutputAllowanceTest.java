package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutputAllowanceTest {
    private static final int LINE = 1000 - OutputAllowance.LINE_BYTES;

    private long now;
    private final OutputAllowance allowance = new OutputAllowance(now);

    private int allowed(int lines) {
        int allowed = 0;
        for (int i = 0; i < lines; i++) {
            allowed += allowance.allows(LINE, now) ? 1 : 0;
        }
        return allowed;
    }

    @Test
    void aBurstIsLoggedAndWhatIsBeyondIsCounted() {
        int allowed = allowed(3000);
        assertThat(allowed).isEqualTo((int) (OutputAllowance.BYTES_AT_ONCE / 1000) + 1);
        assertThat(allowance.isExhausted()).isTrue();
        assertThat(allowance.takeNotLogged()).isEqualTo((3000L - allowed) * LINE);
        assertThat(allowance.takeNotLogged()).isZero();
    }

    @Test
    void itGoesOnOnceHalfIsSavedUp() {
        allowed(3000);
        now += Duration.ofMillis(400).toNanos();
        assertThat(allowed(1)).isZero();
        now += Duration.ofMillis(200).toNanos();
        assertThat(allowed(1)).isEqualTo(1);
        assertThat(allowance.isExhausted()).isFalse();
    }

    @Test
    void whatIsLeftOutIsToldEverySoOften() {
        allowed(3000);
        assertThat(allowance.isToBeTold(now)).isFalse();
        now += Duration.ofSeconds(5).toNanos();
        assertThat(allowance.isToBeTold(now)).isTrue();
    }

    @Test
    void whoWritesLittleIsLoggedForEver() {
        for (int second = 0; second < 100; second++) {
            now += Duration.ofSeconds(1).toNanos();
            assertThat(allowed(900)).isEqualTo(900);
        }
        assertThat(allowance.takeNotLogged()).isZero();
    }
}
