package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Reloads over the model of a kernel. {@code -Dhandover.reloads=N} sees so many, and says what came of them; {@code -Dseed=N} replays
 * one world.
 */
class ReloadSimulationTest {
    private static final Integer ASKED_FOR = Integer.getInteger("handover.reloads");
    private static final int RELOADS = ASKED_FOR == null ? 300 : ASKED_FOR;
    private static final int OF_A_WORLD = 30;

    @Test
    void noConnectionIsLostButWithTheWorkerThatWasKilled() {
        String replayed = System.getProperty("seed");
        Random seeds = new Random();
        Map<String, Integer> seen = new TreeMap<>();
        long began = System.nanoTime();
        int reloads = 0;
        do {
            reloads += run(replayed == null ? seeds.nextLong() : Long.parseLong(replayed), reloads, seen);
        } while (replayed == null && reloads < RELOADS);
        if (ASKED_FOR != null) {
            System.out.println(reloads + " reloads in " + Duration.ofNanos(System.nanoTime() - began) + ": " + seen);
        }
        if (replayed == null) {
            assertThat(seen)
                    .as("what these worlds came to see")
                    .containsKeys(
                            "served",
                            "lossless",
                            "Shared",
                            "PutOnHold",
                            "turned away",
                            "Rollback",
                            "Scale",
                            "worker is killed",
                            "worker fails to start",
                            "supervisor is killed");
        }
    }

    /** @return how many reloads there were */
    private static int run(long seed, int before, Map<String, Integer> seen) {
        ReloadWorld world = new ReloadWorld(seed);
        try {
            world.run(OF_A_WORLD);
            world.seen().forEach((what, often) -> seen.merge(what, often, Integer::sum));
            return world.reloads();
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError(
                    "after " + (before + world.reloads()) + " reloads; replay with -Dseed=" + seed + "; at last:\n"
                            + world.story() + "\n" + failed,
                    failed);
        }
    }

    @Test
    void theSameSeedIsTheSameWorld() {
        assertThat(story(7)).isEqualTo(story(7)).isNotEqualTo(story(8));
    }

    private static String story(long seed) {
        ReloadWorld world = new ReloadWorld(seed);
        world.run(3);
        return world.story();
    }
}
