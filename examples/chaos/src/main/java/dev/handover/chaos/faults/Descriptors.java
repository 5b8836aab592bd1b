package dev.handover.chaos.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How many descriptors each supervisor of the run has open, when all is quiet: a number that must not grow. */
final class Descriptors {
    /** What comes and goes by itself: connections of control and of workers that are on their way. */
    private static final int SPARE = 6;

    private final List<String> wrong = new ArrayList<>();
    private @Nullable Counted first;
    private int looks;

    private record Counted(long pid, Map<String, Integer> byWhat) {
        int total() {
            return byWhat.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /** Looks at the supervisor that runs now; all is quiet. */
    void look(long pid) throws IOException {
        Map<String, Integer> byWhat = new TreeMap<>();
        Processes.descriptors(pid)
                .values()
                .forEach(what -> byWhat.merge(what.replaceAll("[0-9]{2,}", "N"), 1, Integer::sum));
        Counted now = new Counted(pid, byWhat);
        Counted before = first;
        if (before == null || before.pid() != pid) {
            first = now;
            looks = 1;
            return;
        }
        looks++;
        if (now.total() > before.total() + SPARE) {
            wrong.add(String.format(
                    Locale.ROOT,
                    "the supervisor, pid %d, has %d descriptors after %d rounds, and had %d: %s, before: %s",
                    pid,
                    now.total(),
                    looks,
                    before.total(),
                    now.byWhat(),
                    before.byWhat()));
            first = now; // Else each round would say it again.
        }
    }

    List<String> wrong() {
        return List.copyOf(wrong);
    }
}
