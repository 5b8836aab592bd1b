package dev.handover.bench;

import java.io.IOException;
import java.time.Duration;

/** Two HTTP servers that run all the time and take turns under load, so that what else the machine does meets both alike. */
final class InTurns {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration TURN = Duration.ofSeconds(3);

    private InTurns() {}

    /**
     * Compares the throughput of one with that of another.
     *
     * @param pairs of turns
     * @param ratios gets what each pair comes to, one to other
     * @param word what the other is without: {@code alone}
     * @return what they came to, for people
     */
    static String compare(int onePort, int otherPort, int pairs, Samples ratios, String word)
            throws IOException, InterruptedException {
        new Requests(otherPort).count(WARM_UP);
        new Requests(onePort).count(WARM_UP);
        Samples own = new Samples();
        Samples others = new Samples();
        for (int i = 0; i < pairs; i++) {
            boolean otherFirst = i % 2 == 0;
            double first = new Requests(otherFirst ? otherPort : onePort).count(TURN);
            double second = new Requests(otherFirst ? onePort : otherPort).count(TURN);
            double ratio = otherFirst ? second / first : first / second;
            ratios.add(ratio);
            own.add(ratio);
            others.add(otherFirst ? first : second);
        }
        return "a pair of processes: " + Table.number(own.median()) + ", " + Table.number(others.median())
                + " requests a second " + word;
    }
}
