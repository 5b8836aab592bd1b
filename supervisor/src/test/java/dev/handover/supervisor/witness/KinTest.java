package dev.handover.supervisor.witness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KinTest {
    private static final long NOBODY = (1 << 22) + 1; // above the kernel's PID_MAX_LIMIT

    @Test
    void whoEndsDuringALookIsWhatHeWasAtItsBeginning() {
        Set<Long> workers = new HashSet<>(List.of(NOBODY));
        Kin kin = new Kin(workers::contains, List.of());
        assertThat(kin.has(NOBODY)).isTrue();

        workers.clear();

        assertThat(kin.has(NOBODY)).isTrue();
        assertThat(new Kin(workers::contains, List.of()).has(NOBODY)).isFalse();
    }
}
