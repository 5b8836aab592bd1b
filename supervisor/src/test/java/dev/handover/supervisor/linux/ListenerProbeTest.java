package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ListenerProbeTest {
    private static final String[] LISTEN = {
        "import os, socket, sys",
        "kind, family, host, only, port = (sys.argv[1] + ' 0').split()[:5]",
        "f = socket.AF_INET6 if family == '6' else socket.AF_INET",
        "s = socket.socket(f, socket.SOCK_STREAM if kind == 'tcp' else socket.SOCK_DGRAM)",
        "if family == '6': s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(only))",
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)",
        "s.bind((host, int(port)))",
        "if kind == 'tcp': s.listen(7)",
        "print(s.getsockname()[1], flush=True)",
        "sys.stdin.read()",
    };

    private static final InetAddress LOOPBACK = Kind.TCP_IPV4.clientAddress();

    private final List<Process> workers = new ArrayList<>();
    private SockDiag sockets;
    private ListenerProbe probe;

    @BeforeEach
    void open() throws Exception {
        sockets = new SockDiag();
        probe = new ListenerProbe(sockets);
    }

    @AfterEach
    void close() {
        sockets.close();
        workers.forEach(Process::destroyForcibly);
    }

    @Test
    void listenersOfAWorkerAreFoundByTransportFamilyAndAddress() throws Exception {
        expectFound("tcp 4 127.0.0.1 0", Transport.TCP, "127.0.0.1", false);
        expectFound("tcp 4 0.0.0.0 0", Transport.TCP, "0.0.0.0", false);
        expectFound("tcp 6 ::1 1", Transport.TCP, "::1", false);
        expectFound("tcp 6 :: 1", Transport.TCP, "::", false);
        expectFound("tcp 6 :: 0", Transport.TCP, "::", true);
        expectFound("tcp 6 ::ffff:127.0.0.1 0", Transport.TCP, "127.0.0.1", false);
        expectFound("udp 6 ::ffff:127.0.0.1 0", Transport.UDP, "127.0.0.1", false);
        expectFound("udp 4 127.0.0.1 0", Transport.UDP, "127.0.0.1", false);
        expectFound("udp 6 :: 0", Transport.UDP, "::", true);
    }

    @Test
    void listenerThatOnlyADescendantHoldsIsFound() throws Exception {
        List<String> program = new ArrayList<>(List.of("import os, sys", "if os.fork(): os.wait(); sys.exit()"));
        program.addAll(List.of(LISTEN));
        program.add("tcp 4 127.0.0.1 0");
        Process worker = start(program.toArray(String[]::new));
        ListenAddress address = address(Transport.TCP, "127.0.0.1", port(worker), false);
        OwnedSocket found = probe.search(worker.pid(), List.of(address))
                .found()
                .get(address)
                .get(0);
        assertThat(found.pid()).isNotEqualTo(worker.pid());
        assertThat(Processes.withDescendants(worker.pid())).contains(found.pid());
    }

    @Test
    void severalWorkersAreSearchedAtOnceAndEachNamedWithItsOwn() throws Exception {
        Process lone = start(concat("tcp 4 127.0.0.1 0"));
        ListenAddress address = address(Transport.TCP, "127.0.0.1", port(lone), false);
        List<String> program = new ArrayList<>(List.of("import os, sys", "if os.fork(): os.wait(); sys.exit()"));
        program.addAll(List.of(LISTEN));
        program.add("tcp 4 127.0.0.1 0 " + address.port());
        Process parent = start(program.toArray(String[]::new));
        port(parent);
        Map<Long, ListenerSearch> searches =
                probe.search(List.of(lone.pid(), parent.pid()), List.of(address), socket -> false);
        assertThat(searches.get(lone.pid()).found().get(address))
                .extracting(OwnedSocket::pid)
                .containsExactly(lone.pid());
        assertThat(searches.get(parent.pid()).found().get(address))
                .singleElement()
                .satisfies(found -> assertThat(found.pid()).isNotIn(lone.pid(), parent.pid()));
    }

    @Test
    void listenerOfAnotherProcessIsNotTheWorkers() throws Exception {
        Process worker = start("import sys", "print(0, flush=True)", "sys.stdin.read()", "");
        port(worker);
        try (ServerSocketChannel ours = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            ours.bind(new InetSocketAddress(LOOPBACK, 0));
            ListenAddress address =
                    address(Transport.TCP, "127.0.0.1", ours.socket().getLocalPort(), false);
            ListenerSearch search = probe.search(worker.pid(), List.of(address));
            assertThat(search.complete()).isFalse();
            assertThat(search.missing()).containsExactly(address);
            assertThat(search.near()).isEmpty();
            assertThat(search.explanation()).isEqualTo("nothing listens on " + address);
        }
    }

    @Test
    void whatAWorkerOrItsDescendantListensOnInsteadIsFound() throws Exception {
        List<String> program = new ArrayList<>(List.of("import os, sys", "if os.fork(): os.wait(); sys.exit()"));
        program.addAll(List.of(LISTEN));
        program.add("tcp 4 127.0.0.1 0");
        Process parent = start(program.toArray(String[]::new));
        Process udp = start(concat("udp 4 127.0.0.1 0"));
        int port = port(parent);
        int udpPort = port(udp);
        ListenAddress declared = address(Transport.TCP, "127.0.0.1", 1, false);
        ListenAddress declaredUdp = address(Transport.UDP, "127.0.0.1", 1, false);
        assertThat(probe.elsewhere(parent.pid(), List.of(declared)))
                .extracting(other -> other.socket().address())
                .containsExactly("tcp://127.0.0.1:" + port);
        assertThat(probe.elsewhere(udp.pid(), List.of(declared))).isEmpty();
        assertThat(probe.elsewhere(udp.pid(), List.of(declaredUdp)))
                .extracting(other -> other.socket().address())
                .containsExactly("udp://127.0.0.1:" + udpPort);
        assertThat(probe.elsewhere(parent.pid(), List.of(address(Transport.TCP, "::1", port, false))))
                .as("another address on the declared port is told of by the search")
                .isEmpty();
    }

    @Test
    void listenerOfAnotherFamilyOrAddressDoesNotCountAndIsNamed() throws Exception {
        Process worker = start(concat("tcp 6 :: 0"));
        int port = port(worker);
        ListenAddress address = address(Transport.TCP, "0.0.0.0", port, false);
        ListenerSearch search = probe.search(worker.pid(), List.of(address));
        assertThat(search.missing()).containsExactly(address);
        OwnedSocket near = search.near().get(0);
        assertThat(search.explanation())
                .isEqualTo("nothing listens on tcp://0.0.0.0:" + port + "; pid " + worker.pid()
                        + " listens on tcp://[::]:" + port + "?dual-stack (inode "
                        + near.socket().inode() + ", uid " + Processes.ownUid()
                        + "), where its clients do not come: declare tcp://[::]:" + port
                        + "?dual-stack, or open an AF_INET socket (in Java:"
                        + " ServerSocketChannel.open(StandardProtocolFamily.INET), or -Djava.net.preferIPv4Stack=true for"
                        + " all its sockets)");
    }

    @Test
    void javasDualStackSocketForAnIpv4AddressKeepsItsFamily() throws Exception {
        try (ServerSocketChannel channel = ServerSocketChannel.open()) {
            channel.bind(new InetSocketAddress(LOOPBACK, 0));
            int port = channel.socket().getLocalPort();
            List<SocketRow> rows = sockets.listeners(Transport.TCP, port);
            assertThat(rows).hasSize(1);
            assertThat(rows.get(0).isIpv6()).isTrue();
            assertThat(rows.get(0).isAt(address(Transport.TCP, "127.0.0.1", port, false)))
                    .isFalse();
        }
    }

    @Test
    void rowTellsQueueUidAndIdentity() throws Exception {
        Process worker = start(concat("tcp 4 127.0.0.1 0"));
        int port = port(worker);
        try (Socket client = new Socket(LOOPBACK, port)) {
            assertThat(client.isConnected()).isTrue();
            SocketRow row = sockets.listeners(Transport.TCP, port).get(0);
            assertThat(row.receiveQueue()).isEqualTo(1);
            assertThat(row.sendQueue()).isEqualTo(7);
            assertThat(row.uid()).isEqualTo(Processes.ownUid());
            assertThat(row.inode()).isPositive();
            assertThat(row.cookie()).isPositive();
            assertThat(row.state()).isEqualTo(SocketState.LISTEN);
        }
    }

    @Test
    void connectedUdpSocketIsNoListener() throws Exception {
        try (DatagramChannel server = DatagramChannel.open(StandardProtocolFamily.INET);
                DatagramChannel client = DatagramChannel.open(StandardProtocolFamily.INET)) {
            server.bind(new InetSocketAddress(LOOPBACK, 0));
            client.bind(new InetSocketAddress(LOOPBACK, 0));
            client.connect(server.getLocalAddress());
            assertThat(sockets.listeners(Transport.UDP, server.socket().getLocalPort()))
                    .hasSize(1);
            assertThat(sockets.listeners(Transport.UDP, client.socket().getLocalPort()))
                    .isEmpty();
        }
    }

    @Test
    void processWhoseDescriptorsMayNotBeReadIsNamed() throws Exception {
        assumeTrue(Processes.ownUid() != 0, "root may read everyone's descriptors");
        Process worker = start(concat("tcp 4 127.0.0.1 0"));
        ListenAddress address = address(Transport.TCP, "127.0.0.1", port(worker), false);
        assertThat(probe.search(1, List.of(address)).unreadable()).contains(1L);
        assertThat(new ListenerSearch(Map.of(address, List.of()), List.of(), List.of(1L)).explanation())
                .isEqualTo("nothing listens on " + address + "; the descriptors of pid 1 may not be read (EACCES on"
                        + " /proc/1/fd: another user's process, or not dumpable)");
    }

    @Test
    void dumpOfManySocketsComesWhole() throws Exception {
        List<ServerSocketChannel> many = new ArrayList<>();
        try {
            for (int i = 0; i < 600; i++) {
                ServerSocketChannel one = ServerSocketChannel.open(StandardProtocolFamily.INET);
                many.add(one.bind(new InetSocketAddress(LOOPBACK, 0)));
            }
            List<Integer> ports = sockets.dump(Transport.TCP, false, EnumSet.of(SocketState.LISTEN), 0).stream()
                    .map(row -> row.local().getPort())
                    .toList();
            assertThat(ports)
                    .containsAll(many.stream()
                            .map(one -> one.socket().getLocalPort())
                            .toList());
        } finally {
            for (ServerSocketChannel one : many) {
                one.close();
            }
        }
    }

    private void expectFound(String how, Transport transport, String host, boolean dualStack) throws Exception {
        Process worker = start(concat(how));
        ListenAddress address = address(transport, host, port(worker), dualStack);
        ListenerSearch search = probe.search(worker.pid(), List.of(address));
        assertThat(search.explanation()).isEmpty();
        assertThat(search.complete()).isTrue();
        List<OwnedSocket> found = search.found().get(address);
        assertThat(found).hasSize(1);
        assertThat(found.get(0).pid()).isEqualTo(worker.pid());
        assertThat(found.get(0).fd()).isGreaterThan(2);
        if (address.isIpv6()) {
            ListenAddress other = new ListenAddress(transport, address.address(), address.port(), false);
            assertThat(found.get(0).socket().isAt(other)).isEqualTo(!dualStack);
        }
    }

    private Process start(String... program) throws Exception {
        Process worker = Python.start(program);
        workers.add(worker);
        return worker;
    }

    private static String[] concat(String argument) {
        List<String> all = new ArrayList<>(List.of(LISTEN));
        all.add(argument);
        return all.toArray(String[]::new);
    }

    private static int port(Process worker) throws Exception {
        return Integer.parseInt(Python.line(worker));
    }

    private static ListenAddress address(Transport transport, String host, int port, boolean dualStack)
            throws Exception {
        return new ListenAddress(transport, InetAddress.getByName(host), port, dualStack);
    }
}
