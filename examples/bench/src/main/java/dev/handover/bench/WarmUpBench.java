package dev.handover.bench;

import dev.handover.bench.Arrivals.Arrival;
import dev.handover.harness.Checkout;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The first second of a new JVM's clients, with {@code warm-up} and without, against those that the old one had at last. */
final class WarmUpBench implements Bench {
    private static final int PAIRS = 6;
    private static final double BOUND = 1;
    private static final double RATE = 300;
    private static final double SECONDS = 14;
    /** Of the load, before the reload; the first of them are not counted. */
    private static final double STEADY = 4;

    private static final String WARM_UP = "warm-up = { http = \"/\", requests = 2000 }\n";

    /** Percentiles of 99 in milliseconds. */
    private record First(double steady, double second) {
        @Override
        public String toString() {
            return Table.number(second) + " ms (steady " + Table.number(steady) + " ms)";
        }
    }

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        int port = Supervised.freePort();
        Samples ratios = new Samples();
        List<String> notes = new ArrayList<>();
        try (Supervised supervised = Supervised.start(service(port))) {
            reload(supervised, port, true); // the clients' own JVM has to get warm, too
            for (int pair = 0; pair < (runs > 0 ? runs : PAIRS); pair++) {
                boolean warmFirst = pair % 2 == 0;
                First one = reload(supervised, port, warmFirst);
                First other = reload(supervised, port, !warmFirst);
                First warm = warmFirst ? one : other;
                First cold = warmFirst ? other : one;
                ratios.add(warm.second() / cold.second());
                notes.add("p99 of the first second: " + warm + " with, " + cold + " without");
            }
        }
        return List.of(Figure.atMost(BOUND, "", "p99 of http-worker's first second, warm-up / none", ratios, notes));
    }

    private static String service(int port) throws IOException {
        return "[services.web]\ncommand = [\"" + Checkout.java() + "\", \"-XX:+UseSerialGC\", \"-jar\", \""
                + Checkout.exampleJar("http-worker") + "\"]\nlisten = [\"tcp://127.0.0.1:" + port
                + "\"]\nstart-share = \"full\"\n"; // the flip is to come while the load runs
    }

    private static First reload(Supervised supervised, int port, boolean warm)
            throws IOException, InterruptedException {
        supervised.configure(service(port) + (warm ? WARM_UP : ""));
        try (Arrivals load = new Arrivals(port, RATE, SECONDS)) {
            TimeUnit.MILLISECONDS.sleep((long) (STEADY * 1000));
            double asked = load.now();
            Reload.now(supervised);
            List<Arrival> all = load.all();
            String last = all.get(all.size() - 1).worker();
            double flip = all.stream()
                    .filter(one -> one.worker().equals(last))
                    .mapToDouble(Arrival::due)
                    .min()
                    .orElseThrow();
            if (flip < asked || flip + 1 > SECONDS) {
                throw new IOException("the flip was not in the time of the load, but " + Table.number(flip)
                        + " s after its beginning");
            }
            return new First(
                    p99(all, one -> one.due() >= STEADY / 2 && one.due() < asked),
                    p99(all, one -> one.due() >= flip && one.due() < flip + 1));
        }
    }

    private static double p99(List<Arrival> all, Predicate<Arrival> which) {
        List<Double> sorted =
                all.stream().filter(which).map(Arrival::millis).sorted().toList();
        return sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
    }
}
