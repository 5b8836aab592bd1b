package dev.handover.chaos.load;

import dev.handover.chaos.load.LoadResult.Distribution;
import dev.handover.chaos.load.LoadResult.Loss;
import dev.handover.chaos.load.LoadResult.Punctuality;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts what happens. Times are in nanoseconds of {@link System#nanoTime()}. */
final class Tally {
    /** A SYN is first sent again after 1 s (RFC 6298); the kernel's timer may fire a little early. */
    private static final long DELAYED = TimeUnit.MILLISECONDS.toNanos(900);

    private static final long LATE = TimeUnit.MILLISECONDS.toNanos(100);
    /** So many late ones may be one short stall in a short run. */
    private static final int LATE_AT_LEAST = 10;

    private static final long FAR_TOO_LATE = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(24);
    private static final int LOSSES_KEPT = 10_000;
    private static final int WORKERS_KEPT = 10_000;
    private static final Pattern GENERATION = Pattern.compile("([^/]+/g[0-9]+)/.*");

    private final long start;
    private final Instant startedAt = Instant.now();
    private final Map<Outcome, long[]> outcomes = new EnumMap<>(Outcome.class);
    private final Map<String, long[]> workers = new TreeMap<>();
    private final List<Loss> losses = new ArrayList<>();
    private final Histogram latency = new Histogram(LONGEST_MICROS, 3);
    private final Histogram connect = new Histogram(LONGEST_MICROS, 3);
    private final Histogram lateness = new Histogram(LONGEST_MICROS, 3);
    private long late;
    private boolean farTooLate;
    private long connections;
    private long slow;
    private long metClosing;
    private long wrongReplies;

    Tally(long start) {
        this.start = start;
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, new long[1]);
        }
    }

    void began(long behind) {
        record(lateness, behind);
        late += behind > LATE ? 1 : 0;
        farTooLate |= behind > FAR_TOO_LATE;
    }

    void connecting() {
        connections++;
    }

    void connected(long took) {
        record(connect, took);
        slow += took >= DELAYED ? 1 : 0;
    }

    void metClosing() {
        metClosing++;
    }

    void wrongReply() {
        wrongReplies++;
    }

    void replied(Reply reply, long took) {
        record(latency, took);
        wrongReplies += reply.isWrong() ? 1 : 0;
        @Nullable String worker = reply.worker();
        if (worker != null && (workers.size() < WORKERS_KEPT || workers.containsKey(worker))) {
            workers.computeIfAbsent(worker, name -> new long[1])[0]++;
        }
    }

    /** @param client its own end of the connection; empty where it had none */
    void ended(Outcome outcome, String detail, String client, long now) {
        long[] count = outcomes.get(outcome);
        if (count == null) {
            throw new IllegalStateException("no count of " + outcome);
        }
        count[0]++;
        if (outcome != Outcome.OK && losses.size() < LOSSES_KEPT) {
            losses.add(new Loss((now - start) / 1e9, outcome.toString(), detail, client));
        }
    }

    /** @param sentAgain SYNs that the kernel sent again meanwhile */
    LoadResult result(LoadOptions options, long sentAgain) {
        Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        outcomes.forEach((outcome, count) -> counts.put(outcome, count[0]));
        long attempts = counts.values().stream().mapToLong(Long::longValue).sum();
        long dropped = counts.entrySet().stream()
                .filter(entry -> entry.getKey().isDropped())
                .mapToLong(Map.Entry::getValue)
                .sum();
        Map<String, Long> byWorker = new TreeMap<>();
        Map<String, Long> byGeneration = new TreeMap<>();
        workers.forEach((worker, count) -> {
            byWorker.put(worker, count[0]);
            Matcher generation = GENERATION.matcher(worker);
            if (generation.matches()) {
                byGeneration.merge(generation.group(1), count[0], Long::sum);
            }
        });
        return new LoadResult(
                options.target().toString(),
                options.mode().toString(),
                options.rate(),
                options.duration().toNanos() / 1e9,
                startedAt.toString(),
                attempts,
                Collections.unmodifiableMap(counts),
                dropped,
                latency.getTotalCount(),
                wrongReplies,
                Math.min(slow, sentAgain),
                metClosing,
                connections,
                punctuality(attempts),
                distribution(latency),
                distribution(connect),
                Collections.unmodifiableMap(byWorker),
                Collections.unmodifiableMap(byGeneration),
                List.copyOf(losses));
    }

    private Punctuality punctuality(long attempts) {
        boolean fellBehind = farTooLate || (late > LATE_AT_LEAST && late * 100 > attempts);
        return new Punctuality(late, lateness.getValueAtPercentile(99) / 1e3, lateness.getMaxValue() / 1e3, fellBehind);
    }

    private static Distribution distribution(Histogram micros) {
        return new Distribution(
                micros.getTotalCount(),
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(90) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getValueAtPercentile(99.9) / 1e3,
                micros.getMaxValue() / 1e3);
    }

    private static void record(Histogram micros, long nanos) {
        micros.recordValue(Math.min(LONGEST_MICROS, Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos))));
    }
}
