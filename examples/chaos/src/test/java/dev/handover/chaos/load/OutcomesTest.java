package dev.handover.chaos.load;

import static dev.handover.chaos.load.FaultyServer.HTTP_OK;
import static dev.handover.chaos.load.FaultyServer.readLine;
import static dev.handover.chaos.load.FaultyServer.readRequest;
import static dev.handover.chaos.load.FaultyServer.reset;
import static dev.handover.chaos.load.FaultyServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Every class of outcome, produced on purpose, with exact counts. */
final class OutcomesTest {
    private static final int ATTEMPTS = 20;

    private static LoadOptions load(Target target, Mode mode) {
        return LoadOptions.of(target, mode, 100, Duration.ofMillis(200));
    }

    /** Every attempt had this outcome, and no other was counted. */
    private static void assertAll(LoadResult result, Outcome outcome) {
        assertThat(result.attempts()).isEqualTo(ATTEMPTS);
        assertThat(result.count(outcome))
                .as("%s in %s", outcome, result.losses())
                .isEqualTo(ATTEMPTS);
        assertThat(result.dropped()).isEqualTo(outcome.isDropped() ? ATTEMPTS : 0);
        assertThat(result.losses()).hasSize(outcome == Outcome.OK ? 0 : ATTEMPTS);
    }

    @Test
    void wholeRepliesAreOkAndCountedByWorker() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, HTTP_OK);
        })) {
            LoadResult result = Load.run(load(server.target(), Mode.HTTP));
            assertAll(result, Outcome.OK);
            assertThat(result.workers()).containsExactly(Map.entry("web/g1/w2/4711", 20L));
            assertThat(result.generations()).containsExactly(Map.entry("web/g1", 20L));
            assertThat(result.latency().count()).isEqualTo(ATTEMPTS);
        }
    }

    @Test
    void replyWithoutALengthEndsWithTheStream() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, "HTTP/1.0 200 OK\r\n\r\nhi\n");
        })) {
            assertAll(Load.run(load(server.target(), Mode.HTTP)), Outcome.OK);
        }
    }

    @Test
    void connectionsToAPortWithoutAListenerAreRefused() throws IOException {
        Target nobody;
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new Target("127.0.0.1", listener.getLocalPort());
        }
        assertAll(Load.run(load(nobody, Mode.HTTP)), Outcome.REFUSED);
    }

    @Test
    void connectionsResetBeforeTheClientSawThemAreResetWhileConnecting() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Target target = new Target("127.0.0.1", listener.getLocalPort());
            Connector toTarget = new SourcedConnector(target, List.of());
            Connector resetMeanwhile = () -> {
                SocketChannel channel = toTarget.connect();
                reset(listener.accept());
                return channel;
            };
            assertAll(Load.run(load(target, Mode.HTTP), resetMeanwhile), Outcome.RESET_WHILE_CONNECTING);
        }
    }

    @Test
    void resetsAfterTheRequestAreResetBeforeTheReply() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            reset(socket);
        })) {
            assertAll(Load.run(load(server.target(), Mode.HTTP)), Outcome.RESET_BEFORE_REPLY);
        }
    }

    @Test
    void resetsAfterHalfAReplyAreResetInTheReply() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, HTTP_OK.substring(0, 20));
            reset(socket);
        })) {
            assertAll(Load.run(load(server.target(), Mode.HTTP)), Outcome.RESET_IN_REPLY);
        }
    }

    @Test
    void closingWithoutAByteIsClosedWithoutAReply() throws IOException {
        try (FaultyServer server = FaultyServer.start(FaultyServer::readRequest)) {
            assertAll(Load.run(load(server.target(), Mode.HTTP)), Outcome.CLOSED_WITHOUT_REPLY);
        }
    }

    @Test
    void closingInTheBodyIsAShortReply() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, HTTP_OK.substring(0, HTTP_OK.length() - 1));
        })) {
            assertAll(Load.run(load(server.target(), Mode.HTTP)), Outcome.SHORT_REPLY);
        }
    }

    @Test
    void fullAcceptQueuesAreConnectTimeouts() throws IOException {
        try (FaultyServer server = FaultyServer.full()) {
            LoadOptions options =
                    load(server.target(), Mode.HTTP).withTimeouts(Duration.ofMillis(300), Duration.ofSeconds(10));
            assertAll(Load.run(options), Outcome.CONNECT_TIMEOUT);
        }
    }

    @Test
    void silenceIsAReplyTimeout() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            readRequest(socket);
        })) {
            LoadOptions options =
                    load(server.target(), Mode.HTTP).withTimeouts(Duration.ofSeconds(10), Duration.ofMillis(300));
            assertAll(Load.run(options), Outcome.REPLY_TIMEOUT);
        }
    }

    @Test
    void halfAReplyAndSilenceIsAReplyTimeoutToo() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, HTTP_OK.substring(0, 20));
            readRequest(socket);
        })) {
            LoadOptions options =
                    load(server.target(), Mode.HTTP).withTimeouts(Duration.ofSeconds(10), Duration.ofMillis(300));
            assertAll(Load.run(options), Outcome.REPLY_TIMEOUT);
        }
    }

    @Test
    void connectionsThatNeedASecondSynAreOkAndDelayed() throws IOException {
        try (FaultyServer server = FaultyServer.full()) {
            // The first SYN of each meets a full queue, and only when all were sent does the server begin to accept.
            Connector toTarget = new SourcedConnector(server.target(), List.of());
            int[] begun = {0};
            Connector drainingAfterTheLast = () -> {
                SocketChannel channel = toTarget.connect();
                if (++begun[0] == ATTEMPTS) {
                    server.drain();
                }
                return channel;
            };
            // A backlog of 1 may turn away a second SYN too, so the third must have its time.
            LoadOptions options =
                    load(server.target(), Mode.HTTP).withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(10));
            LoadResult result = Load.run(options, drainingAfterTheLast);
            assertAll(result, Outcome.OK);
            assertThat(result.delayed()).isEqualTo(ATTEMPTS);
        }
    }

    @Test
    void anAddressThatIsNotOursIsTheClientsOwnError() throws IOException {
        try (FaultyServer server = FaultyServer.start(FaultyServer::readRequest)) {
            LoadOptions options = load(server.target(), Mode.HTTP).withSources(List.of("192.0.2.1"));
            LoadResult result = Load.run(options);
            assertAll(result, Outcome.CLIENT_ERROR);
            assertThat(result.isUntrusted()).isTrue();
            assertThat(result.losses().get(0).detail()).contains("Cannot assign requested address");
        }
    }

    @Test
    void repliesOtherThan2xxAreWholeAndWrong() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        })) {
            LoadResult result = Load.run(load(server.target(), Mode.HTTP));
            assertAll(result, Outcome.OK);
            assertThat(result.wrongReplies()).isEqualTo(ATTEMPTS);
        }
    }

    @Test
    void linesComeBack() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> write(socket, readLine(socket)))) {
            LoadResult result = Load.run(load(server.target(), Mode.LINE));
            assertAll(result, Outcome.OK);
            assertThat(result.wrongReplies()).isZero();
        }
    }

    @Test
    void anotherLineIsWrongAndHalfALineIsShort() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> write(socket, "?" + readLine(socket)))) {
            assertThat(Load.run(load(server.target(), Mode.LINE)).wrongReplies())
                    .isEqualTo(ATTEMPTS);
        }
        try (FaultyServer server =
                FaultyServer.start(socket -> write(socket, readLine(socket).strip()))) {
            assertAll(Load.run(load(server.target(), Mode.LINE)), Outcome.SHORT_REPLY);
        }
    }

    @Test
    void bannersAreCountedByTheirPid() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> write(socket, "Hello from Python process 4711\n"))) {
            LoadResult result = Load.run(load(server.target(), Mode.BANNER));
            assertAll(result, Outcome.OK);
            assertThat(result.workers()).containsExactly(Map.entry("pid 4711", 20L));
        }
    }

    @Test
    void bannersWithoutTheirNewlineAreShortAndNoBannerIsNoReply() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> write(socket, "Hello from Pyth"))) {
            assertAll(Load.run(load(server.target(), Mode.BANNER)), Outcome.SHORT_REPLY);
        }
        try (FaultyServer server = FaultyServer.start(socket -> {})) {
            assertAll(Load.run(load(server.target(), Mode.BANNER)), Outcome.CLOSED_WITHOUT_REPLY);
        }
    }

    @Test
    void targetsMayBeIpv6() throws IOException {
        try (FaultyServer server = FaultyServer.start("::1", socket -> {
            readRequest(socket);
            write(socket, HTTP_OK);
        })) {
            assertAll(Load.run(load(server.target(), Mode.HTTP)), Outcome.OK);
        }
    }

    @Test
    void aClientThatCannotKeepUpSaysSo() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, HTTP_OK);
        })) {
            Connector toTarget = new SourcedConnector(server.target(), List.of());
            boolean[] stalled = {false};
            Connector stallingOnce = () -> {
                if (!stalled[0]) {
                    stalled[0] = true;
                    LockedUp.forAWhile();
                }
                return toTarget.connect();
            };
            LoadResult result = Load.run(load(server.target(), Mode.HTTP), stallingOnce);
            assertAll(result, Outcome.OK);
            assertThat(result.timetable().fellBehind()).isTrue();
            assertThat(result.latency().max())
                    .as("milliseconds, counted from when each was due")
                    .isGreaterThan(500);
        }
    }

    /** What a client's own stall looks like: a garbage collection, a busy machine. */
    private static final class LockedUp {
        static void forAWhile() {
            try {
                TimeUnit.MILLISECONDS.sleep(700);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
