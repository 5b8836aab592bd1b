package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A UDP server that knows nothing of us, reloaded while datagrams come. */
@Tag("chaos")
@Timeout(90)
class UdpTest {
    private static final int FLOWS = 50;
    private static final int RELOADS = 3;
    private static final String SERVER = """
            import os, socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            s.bind(("127.0.0.1", int(sys.argv[1])))
            while True:
                data, peer = s.recvfrom(64)
                s.sendto(data + b" %d" % os.getpid(), peer)
            """;

    @TempDir
    Path folder;

    /** It dies at once on its signal: what had come to it by then must have been read. */
    @Test
    void eachDatagramIsAnsweredOnceAndAFlowChangesItsWorkerOnlyAtAReload() throws Exception {
        int port = Supervised.freePort();
        Path program = Files.writeString(folder.resolve("server.py"), SERVER);
        String service = """
                [services.udp]
                command = ["python3", "%s", "%d"]
                listen = ["udp://127.0.0.1:%d"]
                workers = 3
                ready = "listening"
                drain = "SIGTERM"
                """.formatted(program, port, port);
        try (Supervised supervised = Supervised.start(service);
                Flows flows = new Flows(FLOWS, port)) {
            for (int reload = 1; reload <= RELOADS; reload++) {
                int before = flows.sent();
                await().atMost(Duration.ofSeconds(30)).until(() -> flows.sent() >= before + 10 * FLOWS);
                Ran ran = supervised.ctl("reload");
                assertThat(ran.exitCode()).as(ran.err() + supervised.log()).isZero();
                assertThat(ran.out()).contains("lossless, steered");
            }
            int before = flows.sent();
            await().atMost(Duration.ofSeconds(30)).until(() -> flows.sent() >= before + 10 * FLOWS);
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
        }
    }
}
