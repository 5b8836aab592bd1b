package dev.handover.bench;

import dev.handover.harness.Checkout;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * http-worker under the supervisor against the same worker run alone. Both run all the time and take turns under load; and
 * since two JVMs are never compiled alike, some pairs of processes are compared.
 */
final class ThroughputBench implements Bench {
    private static final int PAIRS_OF_PROCESSES = 3;
    private static final int PAIRS = 6;
    private static final double BOUND = 0.99;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> JVM = List.of("-XX:+UseSerialGC");

    @Override
    public List<Figure> measure(int runs) throws IOException, InterruptedException {
        Samples ratios = new Samples();
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < PAIRS_OF_PROCESSES; i++) {
            notes.add(compare(runs > 0 ? runs : PAIRS, ratios));
        }
        return List.of(Figure.atLeast(BOUND, "", "throughput of http-worker, supervised / alone", ratios, notes));
    }

    private static List<String> worker() throws IOException {
        List<String> words = new ArrayList<>(List.of(Checkout.java()));
        words.addAll(JVM);
        words.addAll(List.of("-jar", Checkout.exampleJar("http-worker").toString()));
        return words;
    }

    private static String compare(int pairs, Samples ratios) throws IOException, InterruptedException {
        int alonePort = Supervised.freePort();
        List<String> command = worker();
        command.add("tcp://127.0.0.1:" + alonePort);
        Path output = Files.createTempFile("handover-bench", ".out");
        Process alone = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Thread hook = new Thread(alone::destroyForcibly, "worker's end");
        Runtime.getRuntime().addShutdownHook(hook);
        int supervisedPort = Supervised.freePort();
        String service = "[services.web]\ncommand = [\"" + String.join("\", \"", worker())
                + "\"]\nlisten = [\"tcp://127.0.0.1:" + supervisedPort + "\"]\n";
        try (Supervised supervised = Supervised.start(service)) {
            Listening.await(alonePort, PATIENCE, alone::isAlive);
            // Steered to for the second time, as in the midst of its life.
            Reload.now(supervised);
            return InTurns.compare(supervisedPort, alonePort, pairs, ratios, "alone");
        } finally {
            alone.destroyForcibly().waitFor();
            Runtime.getRuntime().removeShutdownHook(hook);
            Files.delete(output);
        }
    }
}
