package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.example.quic.QuicLoad;
import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** An HTTP/3 server whose connections outlive reloads, by a client of the same library. */
@Tag("chaos")
@Isolated("puts the machine under load")
@Timeout(600)
class QuicReloadTest {
    private static final int RATE = 40;
    private static final Duration LIFE = Duration.ofSeconds(5);
    private static final int RELOADS = Chaos.SOAK ? 20 : 2;

    @TempDir
    Path folder;

    private Path keys() throws Exception {
        Path keys = folder.resolve("quic.p12");
        Ran made = Ran.run(
                Duration.ofSeconds(60),
                List.of((Checkout.ofJdk("keytool") + " -genkeypair -alias quic -keyalg EC -dname CN=localhost"
                                + " -storetype PKCS12 -storepass handover -keystore " + keys)
                        .split(" ", -1)));
        assertThat(made.exitCode()).as(made.err()).isZero();
        return keys;
    }

    @Test
    void openConnectionsStayWithTheirWorkerThroughReloadsAndNewOnesAreServed() throws Exception {
        String machine = System.getProperty("os.arch");
        assumeTrue(machine.equals("amd64"), "Netty's QUIC is here for amd64, not for " + machine);
        int port = Supervised.freePort();
        String service = """
                [services.quic]
                command = ["%s", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", "%s", "%s"]
                listen = ["udp://127.0.0.1:%d"]
                workers = 2
                quic = { tag-offset = 1 }
                """.formatted(Checkout.java(), Checkout.exampleJar("quic-worker"), keys(), port);
        try (Supervised supervised = Supervised.start(service);
                QuicLoad load =
                        new QuicLoad(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), RATE, LIFE)) {
            for (int reload = 1; reload <= RELOADS; reload++) {
                long before = load.tally().begun();
                await().atMost(Duration.ofMinutes(1)).until(() -> load.tally().begun() >= before + 2L * RATE);
                Ran ran = supervised.ctl("reload");
                assertThat(ran.exitCode()).as(ran.err() + supervised.log()).isZero();
                assertThat(ran.out())
                        .contains("of 2 old sockets that kept the flows with its tag", "steered")
                        .doesNotContain("lossless");
            }
            QuicLoad.Tally tally = load.end();
            System.out.println(RELOADS + " reloads of an HTTP/3 server: " + tally);
            assertThat(tally.failed()).as("%s", tally).isZero();
            assertThat(tally.lost()).as("%s", tally).isZero();
            assertThat(tally.moved()).as("%s", tally).isZero();
            assertThat(tally.workers().stream()
                            .map(name -> name.split("/", -1)[1])
                            .distinct())
                    .as("generations that answered")
                    .hasSize(RELOADS + 1);
        }
    }
}
