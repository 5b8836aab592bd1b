package dev.handover.supervisor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.terms.HttpSpec;
import dev.handover.supervisor.terms.Report.ServiceState;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpListenerTest {
    private final FakeSupervisor supervisor = new FakeSupervisor();
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private HttpSpec spec = new HttpSpec(new HttpSpec.Unix(Path.of("/none")), List.of());
    private HttpListener listener;

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() throws IOException {
        spec = Wire.free("monitor.example");
        listener = new HttpListener(spec, Optional.empty(), supervisor, warnings::add);
    }

    @AfterEach
    void close() {
        listener.close();
        assertThat(warnings).isEmpty();
    }

    private void listenAgain(Duration limit) throws IOException {
        listener.close();
        listener = new HttpListener(spec, Optional.empty(), supervisor, warnings::add, limit);
    }

    @Test
    void tellsWhatIsAskedFor() throws IOException {
        assertThat(Wire.get(spec, "/healthz")).startsWith("HTTP/1.1 200 ").endsWith("the supervisor is alive\n");
        assertThat(Wire.get(spec, "/readyz?verbose")).startsWith("HTTP/1.1 200 ");
        assertThat(Wire.get(spec, "/metrics")).contains("\nhandover_service_up{service=\"web\"} 1.0\n");
        assertThat(Wire.get(spec, "/nowhere")).startsWith("HTTP/1.1 404 ").contains("/metrics");
    }

    @Test
    void saysWhichServiceIsNotReadyAndWhy() throws IOException {
        supervisor.state = ServiceState.DOWN;
        assertThat(Wire.get(spec, "/readyz"))
                .startsWith("HTTP/1.1 503 ")
                .contains("web is down: web/g8/w1 " + FakeSupervisor.WICKED);
    }

    @Test
    void everyAnswerForbidsOthersToMakeUseOfIt() throws IOException {
        for (String path : List.of("/", "/metrics", "/nowhere")) {
            assertThat(Wire.get(spec, path))
                    .contains("Content-Security-Policy: default-src 'none';")
                    .contains("frame-ancestors 'none'")
                    .contains("X-Content-Type-Options: nosniff")
                    .contains("Referrer-Policy: no-referrer")
                    .doesNotContainIgnoringCase("access-control");
        }
    }

    @Test
    void theHeadAloneIsToBeHad() throws IOException {
        String answer = Wire.ask(spec, "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close");
        assertThat(answer).startsWith("HTTP/1.1 200 ").containsPattern("Content-Length: \\d{4}");
        assertThat(Wire.body(answer)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "reload"})
    void whatDoesNotReadIsRefused(String method) throws IOException {
        assertThat(Wire.ask(spec, method + " / HTTP/1.1\r\nHost: localhost\r\nConnection: close"))
                .startsWith("HTTP/1.1 405 ")
                .contains("Allow: GET, HEAD");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LOCALHOST:9105, 200",
        "127.0.0.1:9105, 200",
        "192.0.2.7, 200",
        "[::1]:9105, 200",
        "monitor.example:9105, 200",
        "evil.example, 421",
        "localhost.evil.example, 421",
        "127.0.0.1.evil.example, 421",
        "1.2.3, 421"
    })
    void aPageOfElsewhereCannotReadByANameOfItsOwn(String host, String status) throws IOException {
        assertThat(Wire.ask(spec, "GET /healthz HTTP/1.1\r\nHost: " + host + "\r\nConnection: close"))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void aRequestWithoutAHostIsRefused() throws IOException {
        assertThat(Wire.ask(spec, "GET /healthz HTTP/1.1\r\nConnection: close")).startsWith("HTTP/1.1 400 ");
        assertThat(Wire.ask(spec, "GET /healthz HTTP/1.0")).startsWith("HTTP/1.1 421 ");
    }

    @Test
    void aBodyIsNotRead() throws IOException {
        String head = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000000";
        assertThat(Wire.ask(spec, head)).startsWith("HTTP/1.1 413 ").contains("Connection: close");
    }

    @Test
    void whoSaysThatItHasNoBodyIsAnswered() throws IOException {
        String head = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close";
        assertThat(Wire.ask(spec, head)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aRequestThatIsTooLongOrNoneIsEnded() throws IOException {
        String line = "GET /" + "a".repeat(HttpListener.LONGEST_LINE) + " HTTP/1.1\r\nHost: localhost";
        assertThat(outcome(line)).doesNotContain("200");
        String headers = "GET /healthz HTTP/1.1\r\nHost: localhost" + "\r\nA: b".repeat(HttpListener.MOST_HEADERS + 1);
        assertThat(outcome(headers)).doesNotContain("200");
        assertThat(outcome("\u0000\u0001\u0002 nonsense")).doesNotContain("200");
        assertThat(Wire.get(spec, "/healthz")).startsWith("HTTP/1.1 200 ");
    }

    /** A reset may overtake what was answered, where not all was read. */
    private String outcome(String head) throws IOException {
        try {
            return Wire.ask(spec, head);
        } catch (SocketException reset) {
            return "";
        }
    }

    @Test
    void whoTakesHisTimeOverARequestIsEnded() throws IOException {
        listenAgain(Duration.ofMillis(300));
        try (Socket slow = Wire.connect(spec)) {
            Wire.send(slow, "GET /healthz HTTP/1.1\r\nHo");
            assertThat(Wire.rest(slow)).isEmpty();
        }
    }

    @Test
    void whoWaitsMakesRoomForWhoAsks() throws IOException {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < HttpListener.MOST_CONNECTIONS; i++) {
                Socket socket = Wire.connect(spec);
                idle.add(socket);
                Wire.send(socket, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
                byte[] first = socket.getInputStream().readNBytes(12);
                assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
            }
            await().untilAsserted(() -> assertThat(Wire.get(spec, "/healthz")).startsWith("HTTP/1.1 200 "));
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void manyReadersAskTheSupervisorOnce() throws IOException {
        supervisor.answers = false;
        List<Socket> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < HttpListener.MOST_CONNECTIONS; i++) {
                Socket socket = Wire.connect(spec);
                waiting.add(socket);
                Wire.send(socket, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            }
            for (Socket socket : waiting) {
                assertThat(Wire.rest(socket)).startsWith("HTTP/1.1 503 ").contains("not answered within 2 s");
            }
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
        assertThat(supervisor.asked).hasValue(1);
    }

    @Test
    void answersAtAUnixSocketForItsOwnerAlone() throws IOException {
        Path path = folder.resolve("http.sock");
        HttpSpec there = new HttpSpec(new HttpSpec.Unix(path), List.of());
        try (HttpListener unix = new HttpListener(there, Optional.empty(), supervisor, warnings::add);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(unix).hasToString("unix:" + path);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            client.connect(UnixDomainSocketAddress.of(path));
            client.write(ByteBuffer.wrap("GET /healthz HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII)));
            byte[] answer = Channels.newInputStream(client).readAllBytes();
            assertThat(new String(answer, StandardCharsets.UTF_8)).startsWith("HTTP/1.1 200 ");
        }
        assertThat(path).doesNotExist();
    }

    private static String head(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    /** As many as there are places, each with a request that never comes to an end. */
    private List<Socket> slowClients() throws IOException {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < HttpListener.MOST_CONNECTIONS; i++) {
            Socket socket = Wire.connect(spec);
            slow.add(socket);
            Wire.send(socket, "GET /healthz HTTP/1.1\r\nHo");
        }
        return slow;
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void whoSendsSlowlyHoldsUpNobody() throws IOException {
        for (int round = 0; round < 3; round++) {
            List<Socket> slow = slowClients();
            try {
                assertThat(Wire.get(spec, "/healthz")).startsWith("HTTP/1.1 200 ");
                assertThat(Wire.get(spec, "/metrics")).startsWith("HTTP/1.1 200 ");
            } finally {
                closeAll(slow);
            }
        }
    }

    @Test
    void norAtAUnixSocket() throws IOException {
        Path path = folder.resolve("http.sock");
        List<SocketChannel> slow = new ArrayList<>();
        HttpSpec there = new HttpSpec(new HttpSpec.Unix(path), List.of());
        try (HttpListener unix = new HttpListener(there, Optional.empty(), supervisor, warnings::add)) {
            assertThat(unix).hasToString("unix:" + path);
            for (int i = 0; i < HttpListener.MOST_CONNECTIONS; i++) {
                slow.add(send(path, "GET /healthz HTTP/1.1\r\nHo"));
            }
            try (SocketChannel client = send(path, "GET /healthz HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n")) {
                byte[] answer = Channels.newInputStream(client).readAllBytes();
                assertThat(new String(answer, StandardCharsets.UTF_8)).startsWith("HTTP/1.1 200 ");
            }
        } finally {
            for (SocketChannel one : slow) {
                one.close();
            }
        }
    }

    private static SocketChannel send(Path path, String text) throws IOException {
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
        client.connect(UnixDomainSocketAddress.of(path));
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        return client;
    }

    @Test
    void whoDoesNotTakeHisAnswersHoldsUpNobody() throws IOException {
        List<Socket> deaf = new ArrayList<>();
        try {
            for (int i = 0; i < HttpListener.MOST_CONNECTIONS; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(4096);
                socket.connect(((HttpSpec.Tcp) spec.place()).address().socketAddress());
                deaf.add(socket);
                for (int j = 0; j < 200; j++) {
                    Wire.send(socket, head("/page.css"));
                }
            }
            assertThat(Wire.get(spec, "/healthz")).startsWith("HTTP/1.1 200 ");
        } finally {
            closeAll(deaf);
        }
    }

    /** They wait for what steering is to say, which may be at a flip; the core is there all the while. */
    @Test
    void thoseWhoWaitForTheStatusLeaveRoomForWhoAsksForHealth() throws IOException {
        supervisor.tellsStatus = false;
        List<Socket> waiting = new ArrayList<>();
        try {
            for (int i = 0; i < HttpListener.MOST_CONNECTIONS; i++) {
                Socket socket = Wire.connect(spec);
                waiting.add(socket);
                Wire.send(socket, head("/api/v1/status"));
            }
            assertThat(Wire.get(spec, "/healthz")).startsWith("HTTP/1.1 200 ");
        } finally {
            closeAll(waiting);
        }
    }
}
