package dev.handover.chaos.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What each supervisor of the run has open, and its threads and memory, whenever all is quiet: numbers that must not grow. */
final class Growth {
    /** What comes and goes by itself: connections of control and of workers that are on their way. */
    private static final int SPARE_DESCRIPTORS = 6;
    /** The JVM has some more of its own once it has compiled and collected. */
    private static final int SPARE_THREADS = 6;
    /** Of the first that is seen, right after its start: what is compiled and what its heap has of garbage comes later. */
    private static final int SPARE_MIB = 64;

    private final List<Life> lives = new ArrayList<>();

    /** A supervisor, from the first look at it to the last. */
    private static final class Life {
        private final long pid;
        private final Seen first;
        private Seen last;
        private int looks;
        private int mostMib;

        private Life(long pid, Seen first) {
            this.pid = pid;
            this.first = first;
            this.last = first;
        }

        private void see(Seen now) {
            last = now;
            looks++;
            mostMib = Math.max(mostMib, now.residentMib());
        }

        private boolean hasGrown() {
            return last.descriptors() > first.descriptors() + SPARE_DESCRIPTORS
                    || last.threads() > first.threads() + SPARE_THREADS
                    || last.residentMib() > first.residentMib() + SPARE_MIB;
        }
    }

    private record Seen(Map<String, Integer> open, int threads, int residentMib) {
        private int descriptors() {
            return open.values().stream().mapToInt(Integer::intValue).sum();
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%d descriptors, %d threads, %d MiB resident", descriptors(), threads, residentMib);
        }
    }

    /** Looks at the supervisor that runs now; all is quiet. */
    void look(long pid) throws IOException {
        Map<String, Integer> open = new TreeMap<>();
        Processes.descriptors(pid)
                .values()
                .forEach(what -> open.merge(what.replaceAll("[0-9]{2,}", "N"), 1, Integer::sum));
        Seen now = new Seen(open, Processes.figure(pid, "Threads"), Processes.figure(pid, "VmRSS") / 1024);
        if (lives.isEmpty() || latest().pid != pid) {
            lives.add(new Life(pid, now));
        }
        latest().see(now);
    }

    private Life latest() {
        return lives.get(lives.size() - 1);
    }

    /** In their order; one that was gone before all was quiet is not among them. */
    List<FaultsReport.Lived> lives() {
        return lives.stream()
                .map(life -> new FaultsReport.Lived(
                        life.pid,
                        life.looks,
                        life.first.descriptors(),
                        life.last.descriptors(),
                        life.first.threads(),
                        life.last.threads(),
                        life.first.residentMib(),
                        life.last.residentMib(),
                        life.mostMib))
                .toList();
    }

    List<String> wrong() {
        return lives.stream()
                .filter(Life::hasGrown)
                .map(life -> String.format(
                        Locale.ROOT,
                        "the supervisor, pid %d, has %s after %d rounds, and had %s: %s, before: %s",
                        life.pid,
                        life.last,
                        life.looks,
                        life.first,
                        life.last.open(),
                        life.first.open()))
                .toList();
    }
}
