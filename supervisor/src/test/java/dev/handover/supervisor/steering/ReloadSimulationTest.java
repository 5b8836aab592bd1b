package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Reloads over the model of a kernel. {@code -Dseed=N} replays one world, {@code -Dhandover.reloads=N} sees so many reloads. */
class ReloadSimulationTest {
    private static final int RELOADS = Integer.getInteger("handover.reloads", 600);
    private static final int OF_A_WORLD = 30;

    @Test
    void noConnectionIsLostButWithTheWorkerThatWasKilled() {
        String replayed = System.getProperty("seed");
        Random seeds = new Random();
        Map<String, Integer> seen = new TreeMap<>();
        int reloads = 0;
        do {
            long seed = replayed == null ? seeds.nextLong() : Long.parseLong(replayed);
            ReloadWorld world = new ReloadWorld(seed, seed % 3 != 0);
            run(world, seed, reloads);
            world.seen().forEach((what, often) -> seen.merge(what, often, Integer::sum));
            reloads += world.reloads();
        } while (replayed == null && reloads < RELOADS);
        System.out.println(reloads + " reloads: " + seen);
        assertThat(seen).containsKey("served");
    }

    private static void run(ReloadWorld world, long seed, int before) {
        try {
            world.run(OF_A_WORLD);
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError(
                    "after " + (before + world.reloads()) + " reloads; replay with -Dseed=" + seed + "; at last:\n"
                            + world.story() + "\n" + failed,
                    failed);
        }
    }
}
