package dev.handover.supervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** This process is the worker. */
@Timeout(300)
class StillListeningTest {
    private static final long SELF = ProcessHandle.current().pid();

    private final SockDiag sockets = new SockDiag();
    private final StillListening stillListening = new StillListening("test-still-listening");
    private final AtomicInteger gone = new AtomicInteger();

    StillListeningTest() throws IOException {}

    @AfterEach
    void close() {
        stillListening.close();
        sockets.close();
    }

    @Test
    void aListenerThatIsClosedIsToldOfOnce() throws Exception {
        ServerSocketChannel listener = listener(0);
        watch(listener, "tcp");
        stillListening.look();
        assertThat(gone).hasValue(0);

        listener.close();
        stillListening.look();
        stillListening.look();
        assertThat(gone).hasValue(1);
    }

    @Test
    void aSocketForDatagramsThatIsClosedIsToldOf() throws Exception {
        DatagramChannel socket = DatagramChannel.open(StandardProtocolFamily.INET);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        watch(socket, "udp");
        stillListening.look();
        assertThat(gone).hasValue(0);

        socket.close();
        stillListening.look();
        assertThat(gone).hasValue(1);
    }

    @Test
    void oneOfSeveralOnAnAddressThatIsClosedIsToldOf() throws Exception {
        ServerSocketChannel one = listener(0);
        ServerSocketChannel two = listener(one.socket().getLocalPort());
        watch(one, "tcp");
        one.close();
        stillListening.look();
        assertThat(gone).hasValue(1);
        two.close();
    }

    @Test
    void whoIsForgottenMayCloseItsListener() throws Exception {
        ServerSocketChannel listener = listener(0);
        watch(listener, "tcp");
        stillListening.forget(SELF);
        listener.close();
        stillListening.look();
        assertThat(gone).hasValue(0);
    }

    @Test
    void ofAProcessThatHasEndedNothingIsTold() throws Exception {
        ServerSocketChannel listener = listener(0);
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        watch(ended.pid(), listener, "tcp");
        listener.close();
        stillListening.look();
        assertThat(gone).hasValue(0);
    }

    private static ServerSocketChannel listener(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET);
        listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return listener;
    }

    private void watch(NetworkChannel socket, String scheme) throws IOException {
        watch(SELF, socket, scheme);
    }

    /** @param pid whose it is said to be */
    private void watch(long pid, NetworkChannel socket, String scheme) throws IOException {
        int port = ((InetSocketAddress) socket.getLocalAddress()).getPort();
        ListenAddress address = ListenAddress.parse(scheme + "://127.0.0.1:" + port);
        ListenerSearch seen = new ListenerProbe(sockets).search(SELF, List.of(address));
        assertThat(seen.complete()).isTrue();
        stillListening.watch(pid, seen, gone::incrementAndGet);
    }
}
