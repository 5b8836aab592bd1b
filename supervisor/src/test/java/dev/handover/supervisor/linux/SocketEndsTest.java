package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class SocketEndsTest {
    /** One client of a listener that asks and is answered, and whose connection the listener's side then ends. */
    private static void talk(ServerSocket listener) throws Exception {
        try (Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
            client.getOutputStream().write("a question".getBytes(StandardCharsets.US_ASCII));
            try (Socket accepted = listener.accept()) {
                accepted.getInputStream().readNBytes(10);
                accepted.getOutputStream().write("an answer".getBytes(StandardCharsets.US_ASCII));
            }
            client.getInputStream().readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void eachEndOnAPortIsToldWithWhatWasCounted(String host) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 8, InetAddress.getByName(host));
                ServerSocket other = new ServerSocket(0, 8, InetAddress.getByName(host));
                SocketEnds ends = SocketEnds.of(List.of(listener.getLocalPort()))) {
            talk(other);
            talk(listener);
            List<TcpFigures> told = new ArrayList<>();
            await().until(() -> {
                assertThat(ends.read(end -> {
                            assertThat(end.state()).isEqualTo(SocketState.CLOSE);
                            assertThat(end.localPort()).isEqualTo(listener.getLocalPort());
                            told.add(end.figures());
                        }))
                        .isTrue();
                return !told.isEmpty();
            });
            assertThat(told).singleElement().satisfies(figures -> {
                assertThat(figures.received()).as("and its end").isEqualTo(11);
                assertThat(figures.sent()).isEqualTo(9);
                assertThat(figures.asked()).isFalse();
            });
        }
    }

    @Test
    void itIsSeenWhatIsLeftOfAConnectionThatThisSideEnded() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 8, InetAddress.getByName("127.0.0.1"));
                SocketEnds ends = SocketEnds.of(List.of(listener.getLocalPort()));
                SockDiag sockets = new SockDiag()) {
            talk(listener);
            List<TcpAddresses> told = new ArrayList<>();
            await().until(() -> ends.read(end -> told.add(end.addresses())) && !told.isEmpty());
            assertThat(sockets.at(told.get(0))).hasValueSatisfying(left -> {
                assertThat(left.state()).isEqualTo(SocketState.TIME_WAIT);
                assertThat(left.held()).isFalse();
            });
            assertThat(sockets.at(told.get(0).reversed())).isEmpty();
            assertThat(told.get(0).isOfLoopback()).isTrue();
            assertThat(told.get(0).reversed().reversed()).isEqualTo(told.get(0));
        }
    }

    @Test
    void whatThereWasNoRoomForIsMissed() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 8, InetAddress.getByName("127.0.0.1"));
                SocketEnds ends = SocketEnds.of(List.of(listener.getLocalPort()), 1)) {
            for (int i = 0; i < 50; i++) {
                talk(listener);
            }
            AtomicBoolean all = new AtomicBoolean(true);
            await().until(() -> {
                all.compareAndSet(true, ends.read(end -> {}));
                return !all.get();
            });
        }
    }
}
