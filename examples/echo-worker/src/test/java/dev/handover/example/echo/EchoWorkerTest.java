package dev.handover.example.echo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.worker.FakeSupervisor;
import dev.handover.worker.WorkerProcess;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class EchoWorkerTest {
    @TempDir
    Path folder;

    private static WorkerProcess start(FakeSupervisor supervisor) throws IOException {
        return WorkerProcess.java(supervisor, Map.of(), EchoWorker.class);
    }

    private static String echoed(Socket client, String lines) throws IOException {
        client.getOutputStream().write(lines.getBytes(UTF_8));
        return new String(client.getInputStream().readNBytes(lines.length()), UTF_8);
    }

    @Test
    void aConnectionLivesThroughADrainUntilItsClientClosesIt() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor)) {
            supervisor.greet().hearUpTo("READY=1");
            try (Socket client = worker.connect()) {
                assertThat(echoed(client, "whoami\n")).isEqualTo("whoami\n");
                supervisor.say("DRAIN=30000");
                supervisor.hearUpTo("DRAINING=1");
                assertThat(supervisor.hear()).isEqualTo("CONNECTIONS=1");
                assertThat(echoed(client, "still\nhere\n")).isEqualTo("still\nhere\n");
            }
            assertThat(supervisor.hearUpTo("END")).containsExactly("CONNECTIONS=0", "DONE=1", "END");
            assertThat(worker.exitStatus()).isZero();
        }
    }

    @Test
    void linesComeBackWholeHoweverTheirBytesCome() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor)) {
            supervisor.greet().hearUpTo("READY=1");
            try (Socket client = worker.connect()) {
                client.setTcpNoDelay(true);
                for (int i = 0; i < 200; i++) {
                    StringBuilder lines = new StringBuilder();
                    int count = 1 + random.nextInt(20);
                    for (int line = 0; line < count; line++) {
                        lines.append("x".repeat(random.nextInt(4000))).append('\n');
                    }
                    int cut = random.nextInt(lines.length());
                    client.getOutputStream().write(lines.substring(0, cut).getBytes(UTF_8));
                    client.getOutputStream().write(lines.substring(cut).getBytes(UTF_8));
                    assertThat(new String(client.getInputStream().readNBytes(lines.length()), UTF_8))
                            .as("-Dseed=%d", seed)
                            .isEqualTo(lines.toString());
                }
            }
        }
    }

    @Test
    void aLineTooLongEndsOnlyItsOwnConnection() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor)) {
            supervisor.greet().hearUpTo("READY=1");
            try (Socket other = worker.connect();
                    Socket client = worker.connect()) {
                client.getOutputStream().write("x".repeat(8192).getBytes(UTF_8));
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                assertThat(echoed(other, "fine\n")).isEqualTo("fine\n");
            }
        }
    }
}
