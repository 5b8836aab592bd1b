package dev.handover.bench;

import dev.handover.harness.Checkout;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * http-worker, which sets SO_REUSEPORT itself, with {@code reuseport = "intercept"} against the same without: what the filter
 * costs each of its system calls. Both run all the time and take turns under load; and since two JVMs are never compiled alike,
 * some pairs of processes are compared.
 */
final class InterceptBench implements Bench {
    private static final int PAIRS_OF_PROCESSES = 5;
    private static final int PAIRS = 6;
    private static final double BOUND = 0.98;

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        Samples ratios = new Samples();
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < PAIRS_OF_PROCESSES; i++) {
            notes.add(compare(runs > 0 ? runs : PAIRS, ratios));
        }
        return List.of(Figure.atLeast(BOUND, "", "throughput of http-worker, intercept / program", ratios, notes));
    }

    private static String compare(int pairs, Samples ratios) throws IOException, InterruptedException {
        int freePort = Supervised.freePort();
        int interceptedPort = Supervised.freePort();
        String services = service("free", freePort, "program") + service("intercepted", interceptedPort, "intercept");
        try (Supervised supervised = Supervised.start(services)) {
            // Steered to for the second time, as in the midst of their lives.
            Reload.now(supervised);
            return InTurns.compare(interceptedPort, freePort, pairs, ratios, "without");
        }
    }

    private static String service(String name, int port, String reuseport) throws IOException {
        return """
                [services.%s]
                command = ["%s", "-XX:+UseSerialGC", "-jar", "%s"]
                listen = ["tcp://127.0.0.1:%d"]
                reuseport = "%s"
                """.formatted(name, Checkout.java(), Checkout.exampleJar("http-worker"), port, reuseport);
    }
}
