package dev.handover.example.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.worker.FakeSupervisor;
import dev.handover.worker.WorkerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class HttpWorkerTest {
    @TempDir
    Path folder;

    private static WorkerProcess start(FakeSupervisor supervisor) throws IOException {
        WorkerProcess worker = WorkerProcess.java(supervisor, Map.of("GREETING", "hi"), HttpWorker.class);
        supervisor.greet().hearUpTo("READY=1");
        assertThat(supervisor.hear()).isEqualTo("CONNECTIONS=0");
        return worker;
    }

    private static void ask(Socket client, String path) throws IOException {
        client.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n").getBytes(US_ASCII));
    }

    /** The reply's lines: status, headers, an empty one and the one of the body. */
    private static List<String> reply(Socket client) throws IOException {
        // Replies come one at a time here, so that the reader takes no byte of the next one.
        BufferedReader lines = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
        List<String> reply = new ArrayList<>();
        String line;
        do {
            line = lines.readLine();
            assertThat(line).as("a line after %s", reply).isNotNull();
            reply.add(line);
        } while (!line.isEmpty());
        reply.add(lines.readLine());
        return reply;
    }

    @Test
    void everyReplySaysWhoServedIt() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor);
                Socket client = worker.connect()) {
            ask(client, "/any/path");
            assertThat(reply(client))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("X-Worker: web/g7/w1/" + worker.pid())
                    .endsWith("", "hi")
                    .doesNotContain("Connection: close");
            ask(client, "/slow?ms=soon");
            assertThat(reply(client)).first().isEqualTo("HTTP/1.1 400 Bad Request");
        }
    }

    @Test
    void aDrainAnswersWhatIsInFlightAndOneMoreRequestOfTheIdle() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor);
                Socket idle = worker.connect();
                Socket busy = worker.connect()) {
            ask(idle, "/");
            assertThat(reply(idle)).doesNotContain("Connection: close");
            ask(busy, "/slow?ms=1000");
            supervisor.hearUpTo("CONNECTIONS=2");
            supervisor.say("DRAIN=30000");
            supervisor.hearUpTo("DRAINING=1");
            assertThat(supervisor.hear()).isEqualTo("CONNECTIONS=2");
            assertThat(reply(busy)).contains("HTTP/1.1 200 OK", "Connection: close");
            ask(idle, "/");
            assertThat(reply(idle)).contains("HTTP/1.1 200 OK", "Connection: close");
            for (Socket answered : List.of(busy, idle)) {
                assertThat(answered.getInputStream().read()).isEqualTo(-1);
                answered.close(); // Jetty waits for this, lest a reset overtakes the reply.
            }
            assertThat(supervisor.hearUpTo("END")).endsWith("CONNECTIONS=0", "DONE=1", "END");
            assertThat(worker.exitStatus()).isZero();
        }
    }

    @Test
    void whoSitsInTheQueueWhenTheDrainComesIsServed() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor)) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                clients.add(worker.connect());
            }
            supervisor.say("DRAIN=30000");
            for (Socket client : clients) {
                ask(client, "/");
            }
            for (Socket client : clients) {
                assertThat(reply(client)).contains("HTTP/1.1 200 OK");
                client.close();
            }
            supervisor.hearUpTo("DONE=1");
            assertThat(worker.exitStatus()).isZero();
        }
    }

    @Test
    void theDeadlineEndsItWithConnectionsLeft() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor);
                Socket idle = worker.connect()) {
            ask(idle, "/");
            reply(idle);
            supervisor.say("DRAIN=200");
            assertThat(supervisor.hearUpTo("END"))
                    .contains("DRAINING=1", "CONNECTIONS=1")
                    .doesNotContain("DONE=1");
            assertThat(worker.exitStatus()).isEqualTo(1);
        }
    }

    @Test
    void sigtermEndsItAtOnce() throws Exception {
        try (FakeSupervisor supervisor = new FakeSupervisor(folder);
                WorkerProcess worker = start(supervisor)) {
            worker.terminate();
            assertThat(worker.exitStatus()).isEqualTo(128 + 15);
        }
    }
}
