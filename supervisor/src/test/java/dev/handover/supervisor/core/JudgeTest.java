package dev.handover.supervisor.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Answers;
import dev.handover.supervisor.terms.Answers.Count;
import dev.handover.supervisor.terms.Answers.Share;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ServiceName;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Whether a canary is worse than the generation that serves, by those of its clients that get no answer, or a late one. */
class JudgeTest {
    private static final GenerationId SERVING = new GenerationId(7);
    private static final long SEED = Long.getLong("seed", 20_261_201);
    private static final int RUNS = 100;
    private static final int LOOKS = 60;

    private static Event.Compared seen(Answers canary, Answers serving) {
        return new Event.Compared(new ServiceName("web"), new GenerationId(8), canary, serving);
    }

    /** Of as many clients as connections. */
    static Answers answers(long unanswered, long of) {
        return answers(unanswered, of, of, unanswered, Math.min(1, unanswered), Math.min(1, of));
    }

    private static Answers answers(
            long unanswered, long of, long clients, long clientsUnanswered, long unansweredOfWorst, long ofWorst) {
        return new Answers(
                new Count(new Share(unanswered, of), clients, clientsUnanswered, new Share(unansweredOfWorst, ofWorst)),
                Answers.NONE.late());
    }

    /** All were answered: so many later than 125 ms, and those of them later than 250 ms. */
    private static Answers late(long first, long second, long of) {
        return new Answers(count(0, of), List.of(count(first, of), count(second, of), count(0, of), count(0, of)));
    }

    private static Count count(long some, long of) {
        return new Count(new Share(some, of), of, some, new Share(Math.min(1, some), Math.min(1, of)));
    }

    private static boolean isBad(Answers canary, Answers serving) {
        Judge judge = new Judge();
        judge.begin(0);
        judge.look(seen(canary, serving), SERVING, 1);
        return judge.look(seen(canary, serving), SERVING, 2).isPresent();
    }

    @Test
    void aCanaryThatLeavesMoreClientsWithoutAnAnswerIsBadAtTheSecondLook() {
        Judge judge = new Judge();
        judge.begin(1_000_000_000L);
        Event.Compared bad = seen(answers(12, 140), answers(1, 1260));

        assertThat(judge.look(bad, SERVING, 9_000_000_000L)).isEmpty();
        assertThat(judge.look(bad, SERVING, 10_000_000_000L))
                .contains("12 of 140 connections (8.6%) got no answer, where 1 of 1260 (0.1%) got none at generation 7,"
                        + " in the same 9 s");
    }

    @Test
    void oneGoodLookBetweenTwoBadOnesIsEnoughForIt() {
        Judge judge = new Judge();
        judge.begin(0);
        Event.Compared bad = seen(answers(12, 140), answers(1, 1260));
        Event.Compared good = seen(answers(1, 140), answers(1, 1260));

        for (Event.Compared one : new Event.Compared[] {bad, good, bad, good}) {
            assertThat(judge.look(one, SERVING, 1)).isEmpty();
        }
    }

    @Test
    void whatOneStepHadSeenIsForgottenAtTheNext() {
        Judge judge = new Judge();
        judge.begin(0);
        Event.Compared bad = seen(answers(12, 140), answers(1, 1260));
        judge.look(bad, SERVING, 1);
        judge.begin(2);

        assertThat(judge.look(bad, SERVING, 3)).isEmpty();
    }

    @Test
    void fewSayNothing() {
        assertThat(isBad(answers(0, 0), answers(0, 0))).isFalse();
        assertThat(isBad(answers(4, 4), answers(0, 1000))).isFalse();
        assertThat(isBad(answers(6, 6), answers(0, 1000))).isTrue();
        assertThat(isBad(answers(5, 5), answers(0, 10))).isFalse();
        assertThat(isBad(answers(50, 50), answers(0, 0))).isFalse();
        assertThat(isBad(answers(15, 1000), answers(0, 100_000))).isFalse(); // less than 2 %
        assertThat(isBad(answers(60, 1000), answers(250, 10_000))).isFalse(); // not three times as much
        assertThat(isBad(answers(100, 1000), answers(250, 10_000))).isTrue();
    }

    @Test
    void aCanaryThatKeepsAnsweringLateIsBadAtTheFifthLook() {
        Judge judge = new Judge();
        judge.begin(0);
        Event.Compared slow = seen(late(60, 40, 100), late(30, 2, 1000));

        for (int look = 1; look < 5; look++) {
            assertThat(judge.look(slow, SERVING, look * 1_000_000_000L)).isEmpty();
        }
        assertThat(judge.look(slow, SERVING, 5_000_000_000L))
                .contains(
                        "40 of 100 connections (40.0%) were answered later than 250 ms after they had asked, where 2 of"
                                + " 1000 (0.2%) were at generation 7, in the same 5 s");
    }

    @Test
    void aCanaryThatIsOnlySlowAtFirstIsGood() {
        Judge judge = new Judge();
        judge.begin(0);
        for (int look = 1; look <= 60; look++) {
            long slow = Math.min(look, 2) * 60L; // of 100 in a second
            assertThat(judge.look(seen(late(slow, slow, look * 100L), late(0, 0, look * 9900L)), SERVING, look))
                    .as("look %d", look)
                    .isEmpty();
        }
    }

    @Test
    void fewThatAreLateSayNothing() {
        assertThat(isLate(late(19, 19, 19), late(0, 0, 1000))).isFalse();
        assertThat(isLate(late(21, 21, 21), late(0, 0, 1000))).isTrue();
        assertThat(isLate(late(240, 240, 1000), late(0, 0, 10_000))).isFalse(); // less than a quarter
        assertThat(isLate(late(400, 400, 1000), late(2000, 2000, 10_000))).isFalse(); // not three times as many
        assertThat(isLate(late(800, 800, 1000), late(2000, 2000, 10_000))).isTrue();
        assertThat(isLate(late(50, 50, 50), late(0, 0, 0))).isFalse();
    }

    private static boolean isLate(Answers canary, Answers serving) {
        Judge judge = new Judge();
        judge.begin(0);
        return IntStream.range(0, 10)
                .anyMatch(
                        look -> judge.look(seen(canary, serving), SERVING, look).isPresent());
    }

    @Test
    void whereNobodyIsEverAnsweredNothingIsWorse() {
        assertThat(isBad(answers(500, 500), answers(5000, 5000))).isFalse();
    }

    @Test
    void aClientThatNoVersionAnswersIsNotTheCanarysFault() {
        Answers serving = answers(0, 5000, 100, 0, 0, 0);
        assertThat(isBad(answers(40, 200, 10, 1, 40, 60), serving)).isFalse();
        assertThat(isBad(answers(40, 200, 10, 2, 20, 20), answers(0, 5000, 10, 0, 0, 0)))
                .isFalse();
        assertThat(isBad(answers(40, 200, 10, 9, 20, 20), serving)).isTrue();
        assertThat(isBad(answers(42, 200, 4, 3, 40, 50), serving)).isFalse();
        assertThat(isBad(answers(42, 200, 4, 4, 12, 50), serving)).isTrue();
    }

    @Test
    void oneClientAloneIsJudgedByOnlyWhereTheOthersAreFewToo() {
        Answers one = answers(40, 200, 1, 1, 40, 200);
        assertThat(isBad(one, answers(0, 5000, 100, 0, 0, 0))).isFalse();
        assertThat(isBad(one, answers(0, 5000, 2, 0, 0, 0))).isTrue();
    }

    /**
     * One canary of three steps, at which clients come again and again, some of whom leave before they are answered, or ask
     * for what no version answers.
     *
     * @param fault how often it leaves a client without an answer that another would have had
     * @return when it is found bad
     */
    private static Optional<Integer> run(Random random, int perSecond, double noise, double fault) {
        int clients = 300;
        // One in fifty is never answered.
        IntToDoubleFunction own = client -> client % 50 == 0 ? 1 : noise;
        int seconds = 0;
        for (double share : new double[] {0.01, 0.1, 0.5}) {
            BitSet led = new BitSet();
            for (int client = 0; client < clients; client++) {
                led.set(client, random.nextDouble() < share);
            }
            Judge judge = new Judge();
            judge.begin(0);
            long[][] came = new long[2][clients];
            long[][] without = new long[2][clients];
            for (int look = 0; look < LOOKS; look++, seconds++) {
                for (int i = 0; i < perSecond; i++) {
                    int client = random.nextInt(clients);
                    int side = led.get(client) ? 1 : 0;
                    boolean none = random.nextDouble() < own.applyAsDouble(client)
                            || (side == 1 && random.nextDouble() < fault);
                    came[side][client]++;
                    without[side][client] += none ? 1 : 0;
                }
                Event.Compared seen = seen(counted(came[1], without[1]), counted(came[0], without[0]));
                if (judge.look(seen, SERVING, look).isPresent()) {
                    return Optional.of(seconds);
                }
            }
        }
        return Optional.empty();
    }

    private static Answers counted(long[] came, long[] without) {
        int worst = IntStream.range(0, came.length)
                .boxed()
                .max(Comparator.comparingLong(client -> without[client]))
                .orElseThrow();
        return answers(
                LongStream.of(without).sum(),
                LongStream.of(came).sum(),
                LongStream.of(came).filter(some -> some > 0).count(),
                LongStream.of(without).filter(some -> some > 0).count(),
                without[worst],
                came[worst]);
    }

    @Test
    void noneOfHundredGoodOnesIsFoundBadWhateverTheNoise() {
        for (double noise : new double[] {0, 0.01, 0.05, 0.3}) {
            for (int perSecond : new int[] {2, 20, 300}) {
                for (int i = 0; i < RUNS; i++) {
                    assertThat(run(new Random(SEED + i), perSecond, noise, 0))
                            .as("seed %d, %d a second, noise of %s", SEED + i, perSecond, noise)
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void allOfHundredBadOnesAreFoundBad() {
        for (double fault : new double[] {0.3, 1}) {
            for (int perSecond : new int[] {20, 300}) {
                for (int i = 0; i < RUNS; i++) {
                    assertThat(run(new Random(SEED + i), perSecond, 0.01, fault))
                            .as("seed %d, %d a second, fault of %s", SEED + i, perSecond, fault)
                            .isPresent();
                }
            }
        }
    }
}
