package dev.handover.supervisor.terms;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The counts of one service. They outlive the supervisor, and never grow less.
 *
 * @param counts without those that are 0
 */
public record Totals(Map<Total, Long> counts) {
    public static final Totals NONE = new Totals(Map.of());

    public Totals {
        EnumMap<Total, Long> ordered = new EnumMap<>(Total.class);
        counts.forEach((total, count) -> {
            if (count < 0) {
                throw new IllegalArgumentException(total + " is " + count);
            }
            if (count > 0) {
                ordered.put(total, count);
            }
        });
        counts = Collections.unmodifiableMap(ordered);
    }

    public long of(Total total) {
        return counts.getOrDefault(total, 0L);
    }

    /** With so many more. */
    public Totals plus(Totals more) {
        if (more.counts.isEmpty()) {
            return this;
        }
        EnumMap<Total, Long> sum = new EnumMap<>(Total.class);
        sum.putAll(counts);
        more.counts.forEach((total, count) -> sum.merge(total, count, Long::sum));
        return new Totals(sum);
    }

    public Totals plus(Total total, long more) {
        return plus(new Totals(Map.of(total, more)));
    }
}
