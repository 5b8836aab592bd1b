package dev.handover.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be measured, by the name that people type. */
enum Choice {
    FLIP(new FlipBench()),
    QUIESCE(new QuiesceBench()),
    OWN_TIME(new OwnTimeBench()),
    CONNECT(new ConnectBench()),
    PEERS(new PeersBench()),
    THROUGHPUT(new ThroughputBench()),
    INTERCEPT(new InterceptBench()),
    WARM_UP(new WarmUpBench()),
    START_SHARE(new StartShareBench()),
    IDLE(new IdleBench()),
    GROWTH(new GrowthBench()),
    MEMORY(new MemoryBench());

    private final Bench bench;

    Choice(Bench bench) {
        this.bench = bench;
    }

    Bench bench() {
        return bench;
    }

    /** @throws IllegalArgumentException if there is no such choice */
    static Choice parse(String text) {
        return Arrays.stream(values())
                .filter(choice -> choice.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no figure '" + text + "'; there are "
                        + Arrays.stream(values()).map(Choice::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
