package dev.handover.supervisor.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapRoomTest {
    private static final long MIB = 1 << 20;

    private long committed = 8 * MIB;
    private int collections;
    private final HeapRoom room = new HeapRoom(() -> committed, () -> {
        collections++;
        committed = 10 * MIB;
    });

    @Test
    void aHeapThatHasNotGrownByHalfIsLeftAlone() {
        committed = 16 * MIB;

        room.look();

        assertThat(collections).isZero();
    }

    @Test
    void oneThatHasGrownByHalfIsCollectedOnceAndMeasuredByWhatItHasThen() {
        committed = 17 * MIB;
        room.look();
        committed = 19 * MIB;
        room.look();
        assertThat(collections).isEqualTo(1);

        committed = 20 * MIB;
        room.look();
        assertThat(collections).isEqualTo(2);
    }
}
