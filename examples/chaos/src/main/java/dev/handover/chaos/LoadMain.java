package dev.handover.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The process that puts the load on from the client's end of a link: options in and report out, as JSON. */
final class LoadMain {
    private LoadMain() {}

    public static void main(String[] args) throws InterruptedException {
        try {
            String options = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
            Report report = ChaosRun.run(Json.read(options, ChaosOptions.class), Progress::say);
            System.out.println(Json.write(report));
        } catch (IOException e) {
            System.err.println("chaos: " + e.getMessage());
            System.exit(Verdict.UNTRUSTED.exitCode());
        }
    }
}
