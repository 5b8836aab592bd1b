package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A supervisor in worlds where anything may happen at any time. {@code -Dseed=N} replays one of them. */
class SimulationTest {
    private static final int WORLDS = 200;
    private static final int STEPS = 2000;

    @Test
    void whateverHappensInWhateverOrderTheInvariantsHoldAndEveryWaitEnds() {
        String replayed = System.getProperty("seed");
        Random seeds = new Random();
        Set<String> moves = new HashSet<>();
        for (int world = 0; world < (replayed == null ? WORLDS : 1); world++) {
            moves.addAll(run(replayed == null ? seeds.nextLong() : Long.parseLong(replayed)));
        }
        if (replayed == null) {
            assertThat(moves)
                    .as("what these worlds came to see")
                    .contains(
                            "READY -> SERVING",
                            "READY -> CANARY",
                            "CANARY -> SERVING",
                            "CANARY -> QUIESCING",
                            "SERVING -> QUIESCING",
                            "QUIESCING -> DRAINING",
                            "QUIESCING -> STANDBY",
                            "STANDBY -> SERVING",
                            "STANDBY -> DRAINING",
                            "DRAINING -> STOPPED",
                            "put on hold",
                            "a reload waits for a hold",
                            "three generations");
        }
    }

    /** @return the moves of generations that it saw */
    private static Set<String> run(long seed) {
        World world = new World(seed);
        try {
            for (int step = 1; step <= STEPS && !world.hasEnded(); step++) {
                world.step();
            }
            world.settle();
            return world.moves();
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError("replay with -Dseed=" + seed + "; at last:\n" + world.story(), failed);
        }
    }

    @Test
    void theSameSeedIsTheSameWorld() {
        assertThat(trace(7)).isEqualTo(trace(7)).isNotEqualTo(trace(8));
    }

    private static String trace(long seed) {
        World world = new World(seed);
        for (int step = 0; step < 100 && !world.hasEnded(); step++) {
            world.step();
        }
        return world.toString();
    }
}
