package dev.handover.supervisor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.terms.HttpSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events as they happen, over real sockets. */
@Timeout(300)
class FollowingTest {
    private final FakeSupervisor supervisor = new FakeSupervisor();
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private HttpSpec spec = new HttpSpec(new HttpSpec.Unix(Path.of("/none")), List.of());
    private HttpListener listener;

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() throws IOException {
        spec = Wire.free();
        listener = new HttpListener(spec, Optional.empty(), supervisor, warnings::add);
    }

    @AfterEach
    void close() {
        listener.close();
        assertThat(warnings).isEmpty();
    }

    private static String request(String target, String... headers) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n"
                + String.join(
                        "", List.of(headers).stream().map(one -> one + "\r\n").toList()) + "\r\n";
    }

    /** Lines of the stream, without those that say how long a part of it is. */
    private static final class Stream implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader lines;

        Stream(HttpSpec spec, String request) throws IOException {
            socket = Wire.connect(spec);
            Wire.send(socket, request);
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The first line from here on that has it. */
        String lineWith(String text) throws IOException {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains(text)) {
                    return line;
                }
            }
            throw new AssertionError("the stream ended without " + text);
        }

        String rest() throws IOException {
            StringBuilder rest = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                rest.append(line).append('\n');
            }
            return rest.toString();
        }

        /** Once the stream has begun, what happens is told. */
        Stream begun() throws IOException {
            lineWith("retry: ");
            return this;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void whatHappensIsToldAsItHappensAndGoneOnWithLater() throws IOException {
        supervisor.happens("before");
        try (Stream stream = new Stream(spec, request("/api/v1/events"))) {
            assertThat(stream.lineWith("Content-Type: ")).endsWith("text/event-stream");
            stream.begun();
            supervisor.happens("first " + FakeSupervisor.WICKED + "\n\u001b[2J");
            assertThat(stream.lineWith("id: ")).isEqualTo("id: 2");
            assertThat(stream.lineWith("data: "))
                    .contains("\"what\":\"worker-started\"")
                    .contains("first ")
                    .doesNotContain("\u001b");
            supervisor.happens("second");
            assertThat(stream.lineWith("data: ")).contains("second");
        }
        supervisor.happens("while nobody was there");
        try (Stream again = new Stream(spec, request("/api/v1/events", "Last-Event-ID: 3"))) {
            assertThat(again.lineWith("id: ")).isEqualTo("id: 4");
            assertThat(again.lineWith("data: ")).contains("while nobody was there");
        }
        try (Stream all = new Stream(spec, request("/api/v1/events?after=0&service=web"))) {
            assertThat(all.lineWith("data: ")).contains("before");
        }
    }

    @Test
    void whatCannotBeFollowedIsRefused() throws IOException {
        assertThat(Wire.get(spec, "/api/v1/events?after=x")).startsWith("HTTP/1.1 400 ");
        assertThat(Wire.get(spec, "/api/v1/events?service=none"))
                .startsWith("HTTP/1.1 404 ")
                .contains("there is web");
        assertThat(Wire.ask(spec, "HEAD /api/v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close"))
                .startsWith("HTTP/1.1 200 ")
                .contains("text/event-stream");
    }

    @Test
    void onlySoManyFollowAndTheirPlacesAreFreeOnceTheyAreGone() throws IOException {
        List<Stream> followers = new ArrayList<>();
        try {
            for (int i = 0; i < Followers.MOST; i++) {
                followers.add(new Stream(spec, request("/api/v1/events")).begun());
            }
            assertThat(Wire.get(spec, "/api/v1/events"))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("as many as " + Followers.MOST + " follow the events already");
            assertThat(Wire.get(spec, "/healthz")).startsWith("HTTP/1.1 200 ");
        } finally {
            for (Stream one : followers) {
                one.close();
            }
        }
        // Without a word to them: that they have gone is seen.
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            try (Stream next = new Stream(spec, request("/api/v1/events"))) {
                next.begun();
            }
        });
    }

    @Test
    void whoReadsNothingHoldsUpNobodyAndIsEnded() throws IOException {
        listener.close();
        listener = new HttpListener(spec, Optional.empty(), supervisor, warnings::add, Duration.ofMillis(500));
        try (Stream deaf = new Stream(spec, request("/api/v1/events"));
                Stream other = new Stream(spec, request("/api/v1/events")).begun()) {
            String much = "x".repeat(4000);
            int events = 4_000; // more than the buffers of both sides take
            Thread happening = new Thread(() -> {
                for (int i = 0; i < events; i++) {
                    supervisor.happens(much);
                }
                supervisor.happens("the last one");
            });
            happening.start();
            assertThat(other.lineWith("the last one")).isNotEmpty();
            assertThat(deaf.rest()).doesNotContain("the last one");
        }
    }

    @Test
    void theEndIsToldAfterAllThatHappened() throws IOException {
        try (Stream stream = new Stream(spec, request("/api/v1/events")).begun()) {
            supervisor.happens("the last one");
            listener.close();
            assertThat(stream.rest())
                    .contains("the last one")
                    .contains("event: end\ndata: {\"why\":\"the supervisor ends, or answers elsewhere from now on\"}")
                    .endsWith("\n0\n\n"); // the end of a whole answer, not of a connection
        }
    }

    @Test
    void aUnixSocketIsFollowedTheSameWay() throws Exception {
        Path path = folder.resolve("http.sock");
        HttpSpec there = new HttpSpec(new HttpSpec.Unix(path), List.of());
        SocketChannel last;
        try (HttpListener unix = new HttpListener(there, Optional.empty(), supervisor, warnings::add)) {
            assertThat(unix).hasToString("unix:" + path);
            List<SocketChannel> gone = new ArrayList<>();
            for (int i = 0; i < Followers.MOST; i++) {
                gone.add(follow(path));
            }
            for (SocketChannel one : gone) {
                one.close();
            }
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                try (SocketChannel next = follow(path)) {
                    assertThat(next.isOpen()).isTrue();
                }
            });
            last = follow(path);
            supervisor.happens("over a Unix socket");
        }
        try (last) {
            assertThat(new String(Channels.newInputStream(last).readAllBytes(), StandardCharsets.UTF_8))
                    .contains("over a Unix socket")
                    .contains("event: end");
        }
    }

    private static SocketChannel follow(Path path) throws IOException {
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
        client.connect(UnixDomainSocketAddress.of(path));
        client.write(ByteBuffer.wrap(request("/api/v1/events").getBytes(StandardCharsets.US_ASCII)));
        StringBuilder seen = new StringBuilder();
        ByteBuffer room = ByteBuffer.allocate(1024);
        while (seen.indexOf("retry: ") < 0) {
            assertThat(client.read(room.clear())).as(seen.toString()).isPositive();
            seen.append(StandardCharsets.UTF_8.decode(room.flip()));
        }
        return client;
    }
}
