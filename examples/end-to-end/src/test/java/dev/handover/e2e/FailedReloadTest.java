package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A reload that fails tells why, exits with a failure, and leaves the serving generation alone. */
class FailedReloadTest {
    private final int port;
    private final Supervised supervised;

    FailedReloadTest() throws Exception {
        port = Supervised.freePort();
        supervised = Supervised.start(Example.HELLO.service("127.0.0.1", port, 2));
    }

    @AfterEach
    void stillServesAndStops() throws Exception {
        try (supervised) {
            assertThat(answer()).startsWith("Hello from Python process ");
            assertThat(supervised.ctl("status").out()).contains("generation 1");
        }
    }

    private String answer() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            return String.valueOf(reader.readLine());
        }
    }

    private String service(String command, String more) {
        return "[services.hello]\ncommand = " + command + "\nlisten = [\"tcp://127.0.0.1:" + port
                + "\"]\nready = \"listening\"\ndrain = \"SIGTERM\"\n" + more;
    }

    private Ran reload() throws Exception {
        return supervised.ctl("reload", "hello");
    }

    @Test
    void newGenerationThatExitsIsReportedWithItsLastLines() throws Exception {
        supervised.configure(service("[\"sh\", \"-c\", \"echo no database >&2; exit 3\"]", ""));
        Ran reload = reload();
        assertThat(reload.exitCode()).as(reload.err()).isEqualTo(1);
        assertThat(reload.out() + reload.err())
                .contains("exited with 3 before it was ready", "generation 1 still serves", "no database");
    }

    @Test
    void newGenerationThatNeverListensIsEndedWhenItsTimeIsOver() throws Exception {
        supervised.configure(service("[\"sleep\", \"60\"]", "ready-timeout = \"3s\"\n"));
        Ran reload = reload();
        assertThat(reload.exitCode()).as(reload.err()).isEqualTo(1);
        assertThat(reload.out() + reload.err())
                .contains("was not ready within 3 s", "nothing listens on tcp://127.0.0.1:" + port);
    }

    @Test
    void newGenerationThatListensOnAnotherPortIsToldWhichOne() throws Exception {
        int typo = Supervised.freePort();
        supervised.configure(service(
                "[\"python3\", \"" + Checkout.example("python/hello.py") + "\", \"127.0.0.1\", \"" + typo + "\"]",
                "ready-timeout = \"10s\"\n"));
        Ran reload = reload();
        assertThat(reload.exitCode()).as(reload.err()).isEqualTo(1);
        assertThat(reload.err())
                .containsOnlyOnce("nothing listens on tcp://127.0.0.1:" + port + ", but it listens on tcp://127.0.0.1:"
                        + typo + ": 'listen' and the program are to name the same; generation 2 abandoned");
        assertThat(reload.out()).doesNotContain("nothing listens");
    }

    /** What Java opens for an IPv4 address unless told otherwise: to the kernel, that is another group. */
    @Test
    void newGenerationThatListensInAnotherFamilyIsRefusedBeforeAClientIsLost() throws Exception {
        String mapped = "[\"python3\", \"" + Checkout.example("python/hello.py") + "\", \"::ffff:127.0.0.1\", \"" + port
                + "\"]";
        supervised.configure(service(mapped, ""));
        LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.BANNER, 300, Duration.ofSeconds(2));
        Report report = ChaosRun.run(Chaos.options(load, 1, supervised));
        assertThat(report.reloads()).satisfiesExactly(reload -> {
            assertThat(reload.exitCode()).isEqualTo(1);
            assertThat(String.join("\n", reload.lastLines()))
                    .contains(
                            "generation 2 listens on tcp://127.0.0.1:" + port
                                    + " with an AF_INET6 socket, and generation 1 with an AF_INET one",
                            "-Djava.net.preferIPv4Stack",
                            "generation 1 still serves");
        });
        Chaos.lostNothing(report);
    }

    @Test
    void invalidConfigurationChangesNothing() throws Exception {
        supervised.configure(service("[\"python3\"]", "wrkers = 2\n"));
        Ran reload = reload();
        assertThat(reload.exitCode()).as(reload.err()).isEqualTo(2);
        assertThat(reload.out() + reload.err()).contains("services.hello.wrkers: unknown key; did you mean 'workers'?");
    }

    @Test
    void unknownServiceIsNamedWithThoseThatThereAre() throws Exception {
        Ran reload = supervised.ctl("reload", "helo");
        assertThat(reload.exitCode()).isEqualTo(2);
        assertThat(reload.err()).contains("there is no service helo");
    }
}
