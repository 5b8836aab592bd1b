package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.linux.LastWord.Whose;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who had the last word within a tick of the kernel's clock, in connections of this process. */
@Timeout(300)
class LastWordTest {
    private static final long PID = ProcessHandle.current().pid();
    private static final byte[] LINE = {'l', 'i', 'n', 'e'};

    private final List<Socket> sockets = new ArrayList<>();
    private final SockDiag diag;
    private ServerSocket listener;
    private Socket client;
    private Socket held;

    LastWordTest() throws LinuxException {
        diag = new SockDiag();
    }

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.INET).socket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket one : sockets) {
            one.close();
        }
        listener.close();
        diag.close();
    }

    private record Seen(long cookie, long inode, TcpFigures figures) {}

    private Seen seen() throws IOException {
        List<Seen> found = new ArrayList<>();
        diag.connections(false, listener.getLocalPort(), EnumSet.of(SocketState.ESTABLISHED), row -> {
            if (row.inode() != 0) {
                found.add(new Seen(row.cookie(), row.inode(), Objects.requireNonNull(row.figures())));
            }
        });
        return found.get(0);
    }

    private void connect() throws IOException {
        for (Socket one : sockets) {
            one.close();
        }
        sockets.clear();
        client = new Socket(listener.getInetAddress(), listener.getLocalPort());
        client.setTcpNoDelay(true);
        held = listener.accept();
        held.setTcpNoDelay(true);
        sockets.addAll(List.of(client, held));
    }

    private void ask(int segments) throws IOException {
        for (int i = 0; i < segments; i++) {
            client.getOutputStream().write(LINE);
        }
    }

    private void answer(int segments) throws IOException {
        assertThat(held.getInputStream().readNBytes(segments * LINE.length)).hasSize(segments * LINE.length);
        held.getOutputStream().write(LINE);
        assertThat(client.getInputStream().readNBytes(LINE.length)).isEqualTo(LINE);
    }

    private Whose whose(Seen seen) throws IOException {
        Map<Long, Integer> descriptors = ProcessSockets.held(PID, List.of(seen.inode()));
        try (LastWord words = LastWord.in(PID)) {
            return words.of(Objects.requireNonNull(descriptors.get(seen.inode())), seen.cookie());
        }
    }

    /** Talks on new connections until the last two words of one fall within a tick, and returns who had the last. */
    private Whose afterATie(int rounds, int segments, boolean askedAgain) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Seen seen;
        do {
            connect();
            for (int i = 0; i < rounds; i++) {
                ask(segments);
                answer(segments);
            }
            if (askedAgain) {
                ask(1);
                assertThat(held.getInputStream().readNBytes(LINE.length)).hasSize(LINE.length);
            }
            seen = seen();
        } while (!seen.figures().isTied() && System.nanoTime() < deadline);
        assertThat(seen.figures().isTied()).isTrue();
        Seen tied = seen;
        return await().until(() -> whose(tied), whose -> whose != Whose.NOT_YET);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "10, 1", "1, 2", "10, 2"})
    void whoWasAnsweredHadNot(int rounds, int segments) throws Exception {
        assertThat(afterATie(rounds, segments, false)).isEqualTo(Whose.WORKER);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "10, 1", "1, 2", "10, 2"})
    void whoAskedAgainHad(int rounds, int segments) throws Exception {
        assertThat(afterATie(rounds, segments, true)).isEqualTo(Whose.CLIENT);
    }

    @Test
    void ofAnotherSocketThatHasTheDescriptorNothingIsSaid() throws Exception {
        connect();
        Seen seen = seen();
        assertThat(whose(new Seen(seen.cookie() + 1, seen.inode(), seen.figures())))
                .isEqualTo(Whose.NOT_YET);
    }

    @Test
    void ofAProcessThatHasGoneNothingIsSaid() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        try (LastWord words = LastWord.in(gone.pid())) {
            assertThat(words.of(0, 1)).isEqualTo(Whose.NOT_YET);
        }
    }
}
