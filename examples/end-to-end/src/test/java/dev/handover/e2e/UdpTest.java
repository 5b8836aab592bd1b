package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.chaos.load.Target;
import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** UDP servers, reloaded while datagrams come. */
@Tag("chaos")
@Timeout(300)
class UdpTest {
    private static final int FLOWS = 50;
    private static final int RELOADS = 2;
    /** Knows nothing of us. It dies at once on its signal: what had come to it by then must have been read. */
    private static final String SERVER = """
            import os, socket, sys
            host, port, dual_stack = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "true"
            s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if ":" in host:
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not dual_stack)
            s.bind((host, port))
            while True:
                data, peer = s.recvfrom(64)
                s.sendto(data + b" %d" % os.getpid(), peer)
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"127.0.0.1, false, 127.0.0.1", "::1, false, ::1", "::, true, 127.0.0.1 ::1"})
    void programThatKnowsNothingOfUsAnswersEachDatagramOnceAndAFlowChangesItsWorkerOnlyAtAReload(
            String host, boolean dualStack, String clients) throws Exception {
        int port = Supervised.freePort();
        Path program = Files.writeString(folder.resolve("server.py"), SERVER);
        answersOnceAndKeepsFlows(
                """
                [services.udp]
                command = ["python3", "%s", "%s", "%d", "%s"]
                listen = ["%s"]
                workers = 3
                ready = "listening"
                drain = "SIGTERM"
                """.formatted(program, host, port, dualStack, udp(host, port, dualStack)), clients, port);
    }

    /** {@link UdpEcho}: the worker library reads until nothing waits, and closes. */
    @Test
    void workerThatDrainsByTheProtocolAnswersEachDatagramOnceAndAFlowChangesItsWorkerOnlyAtAReload() throws Exception {
        int port = Supervised.freePort();
        answersOnceAndKeepsFlows(
                """
                [services.udp]
                command = ["%s", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "%s"]
                environment = { CLASSPATH = "%s" }
                listen = ["%s"]
                workers = 2
                """.formatted(
                                Checkout.java(),
                                UdpEcho.class.getName(),
                                System.getProperty("java.class.path"),
                                udp("::", port, true)),
                "127.0.0.1 ::1",
                port);
    }

    private static String udp(String host, int port, boolean dualStack) {
        return "udp://" + new Target(host, port) + (dualStack ? "?dual-stack" : "");
    }

    private static void answersOnceAndKeepsFlows(String service, String clients, int port) throws Exception {
        List<InetAddress> hosts = new ArrayList<>();
        for (String client : clients.split(" ", -1)) {
            hosts.add(InetAddress.getByName(client));
        }
        try (Supervised supervised = Supervised.start(service);
                Flows flows = new Flows(FLOWS, hosts, port)) {
            for (int reload = 1; reload <= RELOADS; reload++) {
                awaitSent(flows);
                Ran ran = supervised.ctl("reload");
                assertThat(ran.exitCode()).as(ran.err() + supervised.log()).isZero();
                assertThat(ran.out())
                        .contains("requests taken from the queue are not seen", "kernel memory", "steered")
                        .doesNotContain("lossless", "handshake", "the kernel shows");
            }
            awaitSent(flows);
            for (Flows.Flow flow : flows.end()) {
                assertThat(flow.answers.values()).hasSize(flow.sent).allMatch(answers -> answers.size() == 1);
                List<String> workers = flow.answers.values().stream()
                        .map(answers -> answers.get(0))
                        .toList();
                int changes = 0;
                for (int i = 1; i < workers.size(); i++) {
                    changes += workers.get(i).equals(workers.get(i - 1)) ? 0 : 1;
                }
                assertThat(changes).as("changes of worker: %s", workers).isEqualTo(RELOADS);
            }
            System.out.println(flows.sent() + " datagrams of " + FLOWS + " flows, " + RELOADS + " reloads: "
                    + "each answered once");
        }
    }

    private static void awaitSent(Flows flows) {
        int before = flows.sent();
        await().atMost(Duration.ofMinutes(2)).until(() -> flows.sent() >= before + 5 * FLOWS);
    }
}
