package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.ListenAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(300)
class SockDiagTest {
    /** Binds to the loopback device, which needs no privilege since Linux 5.7, and defers what connects. */
    private static final String[] ON_A_DEVICE = {
        "import socket, sys",
        "host = sys.argv[1]",
        "s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)",
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)",
        "try: s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'lo')",
        "except PermissionError: print(0, flush=True); sys.exit()",
        "s.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 30)",
        "s.bind((host, 0))",
        "s.listen(64)",
        "print(s.getsockname()[1], flush=True)",
        "sys.stdin.read()",
    };

    private final SockDiag sockets;
    private Process worker;

    SockDiagTest() throws LinuxException {
        sockets = new SockDiag();
    }

    @AfterEach
    void close() {
        sockets.close();
        if (worker != null) {
            worker.destroyForcibly();
        }
    }

    /** The port. */
    private int listenOnADevice(String host) throws Exception {
        String[] program = Arrays.copyOf(ON_A_DEVICE, ON_A_DEVICE.length + 1);
        program[ON_A_DEVICE.length] = host;
        worker = Python.start(program);
        int port = Integer.parseInt(Python.line(worker));
        assumeTrue(port != 0, "SO_BINDTODEVICE needs CAP_NET_RAW before Linux 5.7");
        return port;
    }

    @Test
    void listenerOnADeviceIsInNoGroupOfItsAddress() throws Exception {
        int port = listenOnADevice("127.0.0.1");
        ListenAddress address = Kind.TCP_IPV4.address(port);
        assertThat(sockets.listeners(address)).isEmpty();
        ListenerSearch search = new ListenerProbe(sockets).search(worker.pid(), List.of(address));
        assertThat(search.found().get(address)).isEmpty();
        assertThat(search.near()).singleElement().satisfies(one -> {
            assertThat(one.socket().isOnADeviceAt(address)).isTrue();
            assertThat(one.socket().toString()).endsWith(", bound to lo)");
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"TCP_IPV4", "TCP_IPV6", "TCP_DUAL_STACK", "TCP_MAPPED"})
    void handshakesWithAListenerOnADeviceAreInFlightUntilTheyEnd(Kind kind) throws Exception {
        int port = listenOnADevice(
                kind == Kind.TCP_MAPPED ? "::ffff:127.0.0.1" : kind.host().getHostAddress());
        ListenAddress address = kind.address(port);
        try (Socket client = new Socket(kind.clientAddress(), port)) {
            List<SocketRow> handshakes = sockets.handshakes(address);
            assertThat(handshakes)
                    .singleElement()
                    .satisfies(one -> assertThat(one.device()).isPositive());
            assertThat(sockets.stillInFlight(handshakes, address)).isEqualTo(handshakes);
            client.getOutputStream().write('x');
            await().until(() -> sockets.stillInFlight(handshakes, address).isEmpty());
        }
    }
}
