package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Checkout;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A stock Spring Boot application, as {@code examples/spring-boot} has it. */
@Isolated("puts the machine under load")
class SpringBootTest {
    private static final int PORT = 8085;
    private static final int RELOADS = 2;
    private static final Duration DURATION = Duration.ofSeconds(16);
    private static final double SHORT_RATE = 100;
    /** Few, and busy: Tomcat ends each of them with its 100th reply, within some 2 s. */
    private static final int KEPT_ALIVE = 4;

    private static final double KEPT_ALIVE_RATE = 200;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The example's own, with a JVM that starts sooner. */
    private static String service() throws IOException {
        String java = "\"" + Checkout.java() + "\", \"-XX:+UseSerialGC\", \"-XX:TieredStopAtLevel=1\"";
        Checkout.exampleJar("spring-boot");
        return Files.readString(Checkout.example("spring-boot/handover.toml"))
                .replace("\"java\"", java)
                .replace("directory = \".\"", "directory = \"" + Checkout.example("spring-boot") + "\"");
    }

    private static LoadOptions load(Mode mode, double rate) {
        return LoadOptions.of(new Target("127.0.0.1", PORT), mode, rate, DURATION);
    }

    @Test
    @Tag("chaos")
    void shortConnectionsAndThoseKeptAliveAreAllServedThroughReloads() throws Exception {
        try (Supervised supervised = Supervised.start(service())) {
            List<Report> reports = Chaos.both(
                    ChaosRun::run,
                    Chaos.options(load(Mode.HTTP, SHORT_RATE), RELOADS, supervised),
                    load(Mode.KEEPALIVE, KEPT_ALIVE_RATE).withConnections(KEPT_ALIVE));
            Report shortOnes = Chaos.shown("Spring Boot, short connections", reports.get(0), supervised);
            Chaos.isLossless(shortOnes);
            assertThat(shortOnes.reloads()).hasSize(RELOADS);

            Report keptAlive = Chaos.printed("Spring Boot, kept alive", reports.get(1));
            Chaos.lostNothing(keptAlive);
            assertThat(keptAlive.load().metClosing())
                    .as("requests that met a closing connection")
                    .isZero();
        }
    }

    @Test
    void atSigtermItAnswersTheRequestAtHandFirst() throws Exception {
        String service = service().replace("drain = \"idle\"", "drain = \"SIGTERM\"");
        try (Supervised supervised = Supervised.start(service);
                Socket client = new Socket("127.0.0.1", PORT)) {
            client.setSoTimeout((int) PATIENCE.toMillis());
            send(client, "POST / HTTP/1.1\r\nHost: greeting\r\nConnection: close\r\nContent-Length: 5\r\n\r\nWo");
            Process reload = new ProcessBuilder(supervised.ctlWords("reload"))
                    .redirectErrorStream(true)
                    .start();
            await().atMost(PATIENCE).until(() -> supervised.log().contains("Commencing graceful shutdown"));
            send(client, "rld");
            assertThat(text(client.getInputStream().readAllBytes()))
                    .startsWith("HTTP/1.1 200")
                    .contains("Hello, World");

            String told = text(reload.getInputStream().readAllBytes());
            assertThat(reload.waitFor()).as(told).isZero();
            assertThat(told).contains("finished 1, closed while idle 0, cut 0, not seen 0", "lossless, steered");
        }
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
