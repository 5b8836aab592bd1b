package dev.handover.bench;

import dev.handover.harness.Checkout;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** What a supervisor has more of after hundreds of reloads. */
final class GrowthBench implements Bench {
    /** Number, instances, bytes, class. */
    private static final Pattern ROW = Pattern.compile(" *\\d+: +\\d+ +(\\d+) +(\\S+).*");

    private static final String INT_ARRAY = "[I";

    private static final int RELOADS = 300;
    /** Before the first count: classes are loaded, caches filled, threads started. */
    private static final int WARM_UP = 50;
    /** Of the heap in use: what the JVM itself keeps there comes and goes. */
    private static final double NOISE_KIB = 256;

    private static final Duration SETTLE = Duration.ofSeconds(2);

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        int reloads = runs > 0 ? runs : RELOADS;
        try (Supervised supervised = Supervised.start(Hello.service("127.0.0.1", Supervised.freePort(), 1))) {
            Running daemon = Running.daemon(supervised);
            reloaded(supervised, WARM_UP);
            // First: jcmd's visit makes a thread and a descriptor in the daemon, which stay.
            double heap = liveHeapKib(daemon.pid());
            int descriptors = daemon.descriptors();
            int threads = daemon.threads();
            reloaded(supervised, reloads);
            double heapAfter = liveHeapKib(daemon.pid());
            int descriptorsAfter = daemon.descriptors();
            int threadsAfter = daemon.threads();
            List<Figure> figures = new ArrayList<>();
            figures.add(growth("descriptors", "", 0, descriptors, descriptorsAfter, reloads));
            figures.add(growth("threads", "", 0, threads, threadsAfter, reloads));
            figures.add(growth("heap in use", "KiB", NOISE_KIB, heap, heapAfter, reloads));
            return figures;
        }
    }

    /** With time for what a reload's answer does not wait for, such as the end of a thread. */
    private static void reloaded(Supervised supervised, int reloads) throws IOException, InterruptedException {
        Reload.times(supervised, reloads);
        TimeUnit.MILLISECONDS.sleep(SETTLE.toMillis());
    }

    private static Figure growth(String what, String unit, double bound, double before, double after, int reloads) {
        return Figure.atMost(
                bound,
                unit,
                "growth of " + what + " over " + reloads + " reloads",
                new Samples(List.of(after - before)),
                List.of(Table.number(before) + " after " + WARM_UP + " reloads, " + Table.number(after) + " after "
                        + (WARM_UP + reloads)));
    }

    /**
     * What is left after a collection, which a histogram of live objects makes. The collector fills gaps with int arrays,
     * half a MiB of them at times, so that these don't count.
     */
    private static double liveHeapKib(long pid) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Checkout.ofJdk("jcmd"), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!jcmd.waitFor(1, TimeUnit.MINUTES)) {
            jcmd.destroyForcibly();
            throw new IOException("jcmd did not end");
        }
        return output.lines()
                        .map(ROW::matcher)
                        .filter(row -> row.matches() && !row.group(2).startsWith(INT_ARRAY))
                        .mapToLong(row -> Long.parseLong(row.group(1)))
                        .reduce(Long::sum)
                        .orElseThrow(() -> new IOException("jcmd told no histogram: " + output))
                / 1024.0;
    }
}
