package dev.handover.chaos.load;

import static dev.handover.chaos.load.FaultyServer.HTTP_OK;
import static dev.handover.chaos.load.FaultyServer.readLine;
import static dev.handover.chaos.load.FaultyServer.readRequest;
import static dev.handover.chaos.load.FaultyServer.reset;
import static dev.handover.chaos.load.FaultyServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Modes keepalive and long. */
final class KeptConnectionsTest {
    private final AtomicInteger secondRequests = new AtomicInteger();

    private static LoadOptions keepalive(Target target, int connections) {
        return LoadOptions.of(target, Mode.KEEPALIVE, 20, Duration.ofSeconds(1)).withConnections(connections);
    }

    @Test
    void requestsTakeTurnsOnTheKeptConnections() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            while (readRequest(socket)) {
                write(socket, HTTP_OK);
            }
        })) {
            // Two seconds between the turns of one: if that stood still for so long, another would be opened.
            LoadResult result = Load.run(LoadOptions.of(server.target(), Mode.KEEPALIVE, 5, Duration.ofSeconds(4))
                    .withConnections(10));
            assertThat(result.count(Outcome.OK)).isEqualTo(20);
            assertThat(result.connections()).as("each used twice").isEqualTo(10);
            assertThat(result.metClosing()).isZero();
        }
    }

    /** Answers the first request of each connection, counts the second, and does this to it. */
    private FaultyServer answeringOnce(FaultyServer.Conduct toTheSecond) throws IOException {
        return FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, HTTP_OK);
            if (readRequest(socket)) {
                secondRequests.incrementAndGet();
                toTheSecond.serve(socket);
            }
        });
    }

    @Test
    void requestThatMeetsAClosingConnectionIsRetriedOnANewOneAndNoDrop() throws IOException {
        try (FaultyServer server = answeringOnce(socket -> {})) {
            LoadResult result = Load.run(keepalive(server.target(), 1));
            assertThat(result.count(Outcome.OK)).isEqualTo(20);
            assertThat(result.dropped()).isZero();
            assertThat(result.metClosing()).isPositive().isEqualTo(secondRequests.get());
            assertThat(result.connections()).as("each answered once").isEqualTo(20);
        }
    }

    @Test
    void resetsOfAConnectionKeptAliveAreTheSameRace() throws IOException {
        try (FaultyServer server = answeringOnce(FaultyServer::reset)) {
            LoadResult result = Load.run(keepalive(server.target(), 1));
            assertThat(result.count(Outcome.OK)).isEqualTo(20);
            assertThat(result.metClosing()).isPositive().isEqualTo(secondRequests.get());
        }
    }

    @Test
    void halfAReplyOnAConnectionKeptAliveIsADrop() throws IOException {
        try (FaultyServer server = answeringOnce(socket -> write(socket, "HTTP/1.1 2"))) {
            LoadResult result = Load.run(keepalive(server.target(), 1));
            assertThat(result.count(Outcome.SHORT_REPLY)).isPositive().isEqualTo(secondRequests.get());
            assertThat(result.count(Outcome.OK)).isEqualTo(20 - secondRequests.get());
            assertThat(result.metClosing()).isZero();
        }
    }

    @Test
    void connectionThatTheServerSaysItClosesIsNotUsedAgain() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            readRequest(socket);
            write(socket, HTTP_OK.replace("X-Worker", "Connection: close\r\nX-Worker"));
        })) {
            LoadResult result = Load.run(keepalive(server.target(), 1));
            assertThat(result.count(Outcome.OK)).isEqualTo(20);
            assertThat(result.connections()).isEqualTo(20);
            assertThat(result.metClosing()).isZero();
        }
    }

    @Test
    void newConnectionThatIsClosedIsNoRace() throws IOException {
        try (FaultyServer server = FaultyServer.start(FaultyServer::readRequest)) {
            LoadResult result = Load.run(keepalive(server.target(), 1));
            assertThat(result.count(Outcome.CLOSED_WITHOUT_REPLY)).isEqualTo(20);
            assertThat(result.metClosing()).isZero();
        }
    }

    private static LoadOptions longConnections(Target target) {
        return LoadOptions.of(target, Mode.LONG, 50, Duration.ofMillis(200))
                .withLongConnections(Duration.ofMillis(1000), Duration.ofMillis(300));
    }

    @Test
    void longConnectionsLiveToTheirOwnEnd() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            for (String line = readLine(socket); !line.isEmpty(); line = readLine(socket)) {
                write(socket, line);
            }
        })) {
            LoadResult result = Load.run(longConnections(server.target()));
            assertThat(result.attempts()).isEqualTo(10);
            assertThat(result.count(Outcome.OK)).as("%s", result.losses()).isEqualTo(10);
            assertThat(result.replies()).as("at 0, 300, 600 and 900 ms").isEqualTo(40);
            assertThat(result.wrongReplies()).isZero();
            assertThat(result.connections()).isEqualTo(10);
        }
    }

    @Test
    void longConnectionEndedBetweenTwoLinesIsDropped() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> write(socket, readLine(socket)))) {
            LoadResult result = Load.run(longConnections(server.target()));
            assertThat(result.count(Outcome.CLOSED_WITHOUT_REPLY)).isEqualTo(10);
            assertThat(result.replies()).isEqualTo(10);
        }
    }

    @Test
    void longConnectionResetBetweenTwoLinesIsDropped() throws IOException {
        try (FaultyServer server = FaultyServer.start(socket -> {
            write(socket, readLine(socket));
            reset(socket);
        })) {
            LoadResult result = Load.run(longConnections(server.target()));
            assertThat(result.count(Outcome.RESET_BEFORE_REPLY)).isEqualTo(10);
        }
    }
}
