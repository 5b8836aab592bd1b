package dev.handover.chaos.faults;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What happened, by the time since the run's begin; safe for several threads. */
final class Journal {
    private static final double AROUND_SECONDS = 1;

    private final Instant start = Instant.now();
    private final List<Entry> entries = new ArrayList<>();
    private final Consumer<String> listener;

    record Entry(double atSeconds, String text) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%9.3f s  %s", atSeconds, text);
        }
    }

    /** @param listener hears of each entry */
    Journal(Consumer<String> listener) {
        this.listener = listener;
    }

    Instant start() {
        return start;
    }

    double now() {
        return since(Instant.now());
    }

    double since(Instant time) {
        return Duration.between(start, time).toNanos() / 1e9;
    }

    synchronized void say(String text) {
        Entry entry = new Entry(now(), text);
        entries.add(entry);
        listener.accept(entry.toString());
    }

    /** What happened within a second of a time. */
    synchronized List<String> around(double atSeconds) {
        return entries.stream()
                .filter(entry -> Math.abs(entry.atSeconds() - atSeconds) <= AROUND_SECONDS)
                .map(Entry::toString)
                .toList();
    }
}
