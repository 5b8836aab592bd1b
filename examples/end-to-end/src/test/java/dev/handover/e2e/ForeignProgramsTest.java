package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that know nothing of us, reloaded while clients connect. */
@Isolated("puts the machine under load")
@Tag("chaos")
class ForeignProgramsTest {
    private static final int RELOADS = Chaos.SOAK ? 100 : 2;
    private static final Duration DURATION = Duration.ofSeconds(Chaos.SOAK ? 2 * RELOADS : 3);
    /** Of a soak, however slowly the program takes them. */
    private static final long LEAST_ATTEMPTS = 100_000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private static LoadOptions load(ForeignProgram program, String address) {
        Duration enough = Duration.ofSeconds((long) Math.ceil(LEAST_ATTEMPTS / program.rate()));
        Duration duration = Chaos.SOAK && DURATION.compareTo(enough) < 0 ? enough : DURATION;
        return LoadOptions.of(new Target(address, program.port()), program.mode(), program.rate(), duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy", "gunicorn", "python", "spring-boot"})
    void theExamplesConfigurationIsValid(String example) throws Exception {
        Path file = Checkout.example(example).resolve("handover.toml");
        Ran check =
                Ran.run(PATIENCE, List.of(Checkout.supervisord().toString(), "--config", file.toString(), "--check"));
        assumeTrue(!check.err().contains("there is no program"), check.err());
        assertThat(check.exitCode()).as(check.err()).isZero();
    }

    /** What loses nothing over a link loses nothing here, unless it is late: one shows that it is not. */
    static Stream<ForeignProgram> thoseOnLoopback() {
        return Chaos.SOAK ? Arrays.stream(ForeignProgram.values()) : Stream.of(ForeignProgram.NGINX_HTTP);
    }

    @ParameterizedTest
    @MethodSource("thoseOnLoopback")
    void onLoopbackNothingIsLost(ForeignProgram program) throws Exception {
        try (Supervised supervised = Supervised.start(program.service(folder, "127.0.0.1"))) {
            LoadOptions load = load(program, "127.0.0.1");
            Report report = ChaosRun.run(Chaos.options(load, RELOADS, supervised));
            Chaos.isLossless(Chaos.shown(program + " on loopback", report, supervised));
            assertThat(report.load().delayed())
                    .as("delayed by a SYN sent again")
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void overALinkNothingIsLost(ForeignProgram program) throws Exception {
        try (Link link = Chaos.link();
                Supervised supervised =
                        Supervised.start(program.service(folder, Link.SERVER_ADDRESS), link::inServer)) {
            LoadOptions load = load(program, Link.SERVER_ADDRESS);
            Report report = ChaosRun.runOver(link, Chaos.options(load, RELOADS, supervised));
            Chaos.isLossless(Chaos.shown(program + " over a link", report, supervised));
        }
    }

    /** Shows that the tests above can fail, and what nginx's own graceful signal loses. */
    @Test
    void overALinkAPlainHandoverOfNginxLosesTheHandshakesInFlight() throws Exception {
        ForeignProgram program = ForeignProgram.NGINX_HTTP;
        try (Link link = Chaos.link();
                Supervised supervised = Supervised.start(
                        program.service(folder, Link.SERVER_ADDRESS) + "handover = \"plain\"\n", link::inServer)) {
            LoadOptions load = load(program, Link.SERVER_ADDRESS);
            Report report = ChaosRun.runOver(link, Chaos.options(load, RELOADS, supervised));
            assertThat(Chaos.shown("nginx, plain, over a link", report, supervised)
                            .dropped())
                    .isPositive();
        }
    }

    @Test
    void haproxyEndsKeptAliveConnectionsWithAReplyAndNoRequestMeetsAClosingOne() throws Exception {
        ForeignProgram program = ForeignProgram.HAPROXY;
        try (Supervised supervised = Supervised.start(program.service(folder, "127.0.0.1"))) {
            LoadOptions load =
                    LoadOptions.of(new Target("127.0.0.1", program.port()), Mode.KEEPALIVE, program.rate(), DURATION);
            Report report = Chaos.shown(
                    "HAProxy, kept alive", ChaosRun.run(Chaos.options(load, RELOADS, supervised)), supervised);
            Chaos.isLossless(report);
            assertThat(report.load().metClosing()).isZero();
        }
    }

    /** What nginx does at SIGQUIT it does without us, too: docs/operations.md says what to set. */
    @Test
    void nginxClosesIdleKeptAliveConnectionsAtItsSignalWithUsAndWithout() throws Exception {
        ForeignProgram program = ForeignProgram.NGINX_HTTP;
        String service = program.service(folder, "127.0.0.1");
        Process alone = new ProcessBuilder(
                        "nginx", "-p", "run", "-c", "../nginx.conf", "-e", "stderr", "-g", "pid nginx-alone.pid;")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().atMost(PATIENCE).until(() -> connects(program.port()));
            try (Socket idle = idleKeptAlive(program.port())) {
                Ran.run(PATIENCE, List.of("kill", "-QUIT", Long.toString(alone.pid())));
                assertThat(idle.getInputStream().read()).as("without us").isEqualTo(-1);
            }
        } finally {
            alone.destroy();
            alone.waitFor();
        }
        try (Supervised supervised = Supervised.start(service);
                Socket idle = idleKeptAlive(program.port())) {
            assertThat(supervised.ctl("reload").exitCode()).isZero();
            assertThat(idle.getInputStream().read()).as("with us").isEqualTo(-1);
        }
    }

    private static boolean connects(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** A connection on which one request has been answered. */
    private static Socket idleKeptAlive(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: nginx\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        InputStream reply = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (!text.toString().matches("(?s)HTTP/1.1 200 .*\r\n\r\nHello from nginx process [0-9]+\n")) {
            int next = reply.read();
            assertThat(next).as("what follows '%s'", text).isNotNegative();
            text.append((char) next);
        }
        return socket;
    }
}
