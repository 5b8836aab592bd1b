package dev.handover.chaos.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The rounds that a seed comes to: each depends on the seed and its number alone, so that one can be had again by itself. */
final class Schedule {
    private static final List<Step> STEPS = List.of(Step.values());
    private static final int LATEST_MILLIS = 600;
    private static final int SHORTEST_MILLIS = 50;
    private static final int LONGEST_MILLIS = 1500;
    private static final int MOST_REQUESTS = 6;
    private static final int ALL_AT_ONCE = Integer.MAX_VALUE;
    /** Of ten rounds, how many have so many faults: none, which must then be flawless, to one of each kind. */
    private static final int[] BLOWS_OF_TEN = {0, 0, 1, 1, 1, 1, 2, 3, 5, ALL_AT_ONCE};

    private final long seed;
    private final List<Kind> kinds;

    /** @param kinds those that can be done here */
    Schedule(long seed, List<Kind> kinds) {
        this.seed = seed;
        this.kinds = List.copyOf(kinds);
    }

    Round round(int number) {
        Random random = random(number);
        Move move = dealt(Arrays.asList(Move.values()), number);
        int count = BLOWS_OF_TEN[random.nextInt(BLOWS_OF_TEN.length)];
        List<Blow> blows = new ArrayList<>();
        if (count == ALL_AT_ONCE) {
            kinds.forEach(kind -> blows.add(blow(kind, move, random)));
        } else {
            for (int i = 0; i < count; i++) {
                // The first comes of a deck, so that every kind has its turn soon.
                Kind kind = i == 0 ? dealt(kinds, number) : kinds.get(random.nextInt(kinds.size()));
                blows.add(blow(kind, move, random));
            }
        }
        return new Round(number, move, blows, millis(random, 0, LATEST_MILLIS), 2 + random.nextInt(MOST_REQUESTS - 1));
    }

    private static Blow blow(Kind kind, Move move, Random random) {
        boolean atStep = random.nextInt(3) > 0;
        Step step = STEPS.get(random.nextInt(STEPS.size()));
        @Nullable Step at = atStep && move.hasSteps() ? step : null;
        return new Blow(
                kind,
                at,
                // Mostly at once: what happens between two steps is over in milliseconds.
                at == null || random.nextInt(4) == 0 ? millis(random, 0, LATEST_MILLIS) : Duration.ZERO,
                millis(random, SHORTEST_MILLIS, LONGEST_MILLIS),
                random.nextInt(64));
    }

    private static Duration millis(Random random, int least, int most) {
        return Duration.ofMillis(least + random.nextInt(most - least));
    }

    /** Each of them once, in an order of its own, and then again in another. */
    private <T> T dealt(List<T> all, int number) {
        int turn = (number - 1) / all.size();
        List<T> deck = new ArrayList<>(all);
        Collections.shuffle(deck, random(-1 - turn - all.size() * 1000));
        return deck.get((number - 1) % all.size());
    }

    private Random random(int of) {
        return new Random(seed * 1_000_003 + of * 7_919L);
    }
}
