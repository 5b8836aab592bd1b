package dev.handover.supervisor.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.Ledger.Counters;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a listener's duplicate shows, keeps and loses. */
@Timeout(300)
class HeldListenerTest {
    private static final int TCP_DEFER_ACCEPT = 9;
    private static final int RESET_MILLIS = 60_000;
    private static final int NOT_RESET_MILLIS = 100;
    private static final String[] WORKER = {
        "import socket, sys",
        "s = socket.socket()",
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)",
        "s.bind(('127.0.0.1', 0))",
        "s.listen(64)",
        "print(s.getsockname()[1], flush=True)",
        "sys.stdin.readline()",
        "s.close()",
        "print('closed', flush=True)",
        "sys.stdin.read()",
        "",
    };

    /** The peer, an IPv4 one as IPv4 also where an AF_INET6 socket knows it by an IPv4-mapped address. */
    private static InetSocketAddress client(SocketRow handshake) throws IOException {
        InetSocketAddress remote = handshake.remote();
        return new InetSocketAddress(
                InetAddress.getByAddress(remote.getAddress().getAddress()), remote.getPort());
    }

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void backlogIsTheAcceptQueueAndItsLimit(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 1)) {
            long limit = group.held(0).backlog().limit();
            assertThat(group.held(0).backlog()).isEqualTo(new Backlog(0, limit));
            List<Socket> clients = connect(group, kind, 3);
            assertThat(group.held(0).backlog()).isEqualTo(new Backlog(3, limit));
            for (int i = 0; i < 3; i++) {
                group.worker(0).accept().close();
            }
            assertThat(group.held(0).backlog().isEmpty()).isTrue();
            close(clients);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#udp")
    void backlogOfUdpIsEmptyExactlyWhenEveryDatagramIsRead(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 1);
                DatagramChannel client = DatagramChannel.open(kind.clientFamily())) {
            assertThat(group.held(0).backlog().isEmpty()).isTrue();
            for (int length : new int[] {0, 1, 1000}) {
                client.send(ByteBuffer.allocate(length), new InetSocketAddress(kind.clientAddress(), group.port()));
                assertThat(group.held(0).backlog().isEmpty()).isFalse();
                assertThat(group.payloads(0)).hasSize(1);
                assertThat(group.held(0).backlog().isEmpty()).isTrue();
            }
            for (int i = 0; i < 100; i++) {
                client.send(ByteBuffer.allocate(500), new InetSocketAddress(kind.clientAddress(), group.port()));
            }
            Backlog backlog = group.held(0).backlog();
            assertThat(backlog.waiting()).isBetween(50_000L, backlog.limit());
            assertThat(group.payloads(0)).hasSize(100);
            assertThat(group.held(0).backlog().isEmpty()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void clientsInTheirHandshakeAreListedByTheirAddresses(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 1)) {
            deferAccept(group.held(0));
            List<Socket> clients = connect(group, kind, 30);
            Set<InetSocketAddress> expected = new HashSet<>();
            for (Socket client : clients) {
                expected.add(new InetSocketAddress(kind.clientAddress(), client.getLocalPort()));
            }
            assertThat(group.sockets().handshakes(group.address()))
                    .extracting(HeldListenerTest::client)
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(group.held(0).backlog().isEmpty()).isTrue();
            List<SocketRow> before = group.sockets().handshakes(group.address());
            assertThat(group.sockets().stillInFlight(before, group.address())).isEqualTo(before);
            for (Socket client : clients.subList(0, 10)) {
                client.getOutputStream().write('x');
            }
            await().until(() -> group.held(0).backlog().waiting() == 10);
            assertThat(group.sockets().stillInFlight(before, group.address()))
                    .hasSize(20)
                    .extracting(SocketRow::cookie)
                    .containsExactlyInAnyOrderElementsOf(group.sockets().handshakes(group.address()).stream()
                            .map(SocketRow::cookie)
                            .toList());
            for (Socket client : clients.subList(10, 30)) {
                client.getOutputStream().write('x');
            }
            await().until(() -> group.held(0).backlog().waiting() == 30);
            assertThat(group.sockets().stillInFlight(before, group.address())).isEmpty();
            assertThat(group.sockets().handshakes(group.address())).isEmpty();
            close(clients);
        }
    }

    @Test
    void handshakesWithAnotherAddressOrFamilyOnThePortAreNotListed() throws Exception {
        try (TestGroup group = new TestGroup(Kind.TCP_IPV4, 1)) {
            deferAccept(group.held(0));
            List<Socket> clients = connect(group, Kind.TCP_IPV4, 1);
            assertThat(group.sockets().handshakes(group.address())).hasSize(1);
            assertThat(group.sockets().handshakes(address("127.0.0.2", group.port())))
                    .isEmpty();
            assertThat(group.sockets().handshakes(address("::", group.port()))).isEmpty();
            assertThat(group.sockets().handshakes(address("0.0.0.0", group.port())))
                    .hasSize(1);
            close(clients);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.handover.supervisor.linux.Kind#tcp")
    void closingTheLastDescriptorOfAListenerResetsItsQueueAndItsHandshakesUnlessTheKernelMigratesThem(Kind kind)
            throws Exception {
        Counters before = TcpCounters.read();
        try (TestGroup group = new TestGroup(kind, 1)) {
            deferAccept(group.held(0));
            List<Socket> inHandshake = connect(group, kind, 20);
            List<Socket> queued = connect(group, kind, 20);
            for (Socket client : queued) {
                client.getOutputStream().write('x');
            }
            await().until(() -> group.held(0).backlog().waiting() == 20);
            assertThat(group.sockets().handshakes(group.address())).hasSize(20);
            group.join();
            group.leave(0);
            List<Socket> all = new ArrayList<>(inHandshake);
            all.addAll(queued);
            boolean migrates = KernelSettings.tcpMigrateReq().equals(OptionalInt.of(1));
            assertThat(all)
                    .filteredOn(client -> isReset(client, migrates ? NOT_RESET_MILLIS : RESET_MILLIS))
                    .hasSize(migrates ? 0 : 40);
            Counters change = TcpCounters.read().since(before);
            assertThat(change.migrateSuccess()).isGreaterThanOrEqualTo(migrates ? 20 : 0);
            close(all);
        }
    }

    @Test
    void whatWaitsInAHeldListenerOutlivesItsWorkersKill() throws Exception {
        Process worker = Python.start(WORKER);
        int port = Integer.parseInt(Python.line(worker));
        try (HeldListener held = hold(worker.pid(), port);
                Socket before = new Socket(Kind.TCP_IPV4.clientAddress(), port)) {
            worker.destroyForcibly().waitFor();
            try (Socket after = new Socket(Kind.TCP_IPV4.clientAddress(), port)) {
                assertThat(held.backlog().waiting()).isEqualTo(2);
                assertThat(isReset(before, NOT_RESET_MILLIS)).isFalse();
                assertThat(isReset(after, NOT_RESET_MILLIS)).isFalse();
            }
        }
        assertThatThrownBy(() -> new Socket(Kind.TCP_IPV4.clientAddress(), port).close())
                .isInstanceOf(IOException.class);
    }

    @Test
    void listenerThatWasClosedSinceItWasFoundIsNotHeld() throws Exception {
        Process worker = Python.start(WORKER);
        int port = Integer.parseInt(Python.line(worker));
        try (SockDiag sockets = new SockDiag()) {
            ListenAddress address = address("127.0.0.1", port);
            OwnedSocket found = new ListenerProbe(sockets)
                    .search(worker.pid(), List.of(address))
                    .found()
                    .get(address)
                    .get(0);
            OwnedSocket otherDescriptor = new OwnedSocket(found.socket(), found.pid(), 0);
            long open = openDescriptors();
            for (int i = 0; i < 50; i++) {
                assertThatThrownBy(() -> HeldListener.hold(otherDescriptor, address))
                        .hasMessage(address + ": pid " + worker.pid() + " has closed it");
            }
            assertThat(openDescriptors()).isLessThan(open + 25);
            worker.getOutputStream().write('\n');
            worker.getOutputStream().flush();
            assertThat(Python.line(worker)).isEqualTo("closed");
            assertThatThrownBy(() -> HeldListener.hold(found, address))
                    .hasMessage("pidfd_getfd: EBADF (descriptor " + found.fd() + " of pid " + worker.pid() + ")");
            worker.destroyForcibly().waitFor();
            assertThatThrownBy(() -> HeldListener.hold(found, address))
                    .hasMessage(address + ": pid " + worker.pid() + ", which held it, has gone");
        }
    }

    @Test
    void listenerOfMptcpIsRefusedAsWhatItIs() throws Exception {
        Path enabled = Path.of("/proc/sys/net/mptcp/enabled");
        assumeTrue(Files.exists(enabled) && Files.readString(enabled).startsWith("1"), "needs MPTCP");
        String[] program = WORKER.clone();
        program[1] = "s = socket.socket(proto=262)";
        Process worker = Python.start(program);
        int port = Integer.parseInt(Python.line(worker));
        assertThatThrownBy(() -> hold(worker.pid(), port))
                .hasMessageContaining("pid " + worker.pid() + " has an MPTCP socket there, which can't be steered to");
        worker.destroyForcibly().waitFor();
    }

    @Test
    void listenerOfAProcessThatMayNotBeTracedIsRefusedByName() throws Exception {
        assumeTrue(Processes.ownUid() != 0, "root may trace everyone");
        try (Pidfd init = Pidfd.open(1).orElseThrow()) {
            assertThatThrownBy(() -> init.duplicate(0)).hasMessage("pidfd_getfd: EPERM (descriptor 0 of pid 1)");
        }
    }

    @Test
    void ipv4AndDualStackListenersOfOnePortAreNotOneGroup() throws Exception {
        try (ServerSocketChannel dual = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
            dual.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            // First, to get a port that is free for both: a client's socket on [::1] would be in the way of [::] only.
            dual.bind(new InetSocketAddress(Kind.TCP_DUAL_STACK.host(), 0)).configureBlocking(false);
            try (TestGroup ipv4 = new TestGroup(Kind.TCP_IPV4, 1, dual.socket().getLocalPort())) {
                ipv4.held(0).steer(Choice.among(1));
                assertThat(ipv4.served(50)).containsExactly(50);
                assertThat(dual.accept()).isNull();
            }
        }
    }

    @Test
    void listenerPassedOverAConnectionIsServedByItsReceiver(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("folder/worker.sock");
        BlockingQueue<UnixConnection> connections = new LinkedBlockingQueue<>();
        try (TestGroup group = new TestGroup(Kind.TCP_IPV4, 1);
                UnixServer server = UnixServer.listen(
                        path,
                        1,
                        0,
                        new byte[0],
                        connection -> {
                            connections.add(connection);
                            readToEnd(connection);
                        },
                        trouble -> {});
                SocketChannel client =
                        SocketChannel.open(new InetSocketAddress(Kind.TCP_IPV4.clientAddress(), group.port()))) {
            Process adopter = Python.start(
                    "import socket, sys",
                    "c = socket.socket(socket.AF_UNIX)",
                    "c.connect(sys.argv[1])",
                    "message, fds, flags, address = socket.recv_fds(c, 100, 1)",
                    "s = socket.socket(fileno=fds[0])",
                    "s.setblocking(True)",
                    "s.accept()[0].sendall(message)",
                    "c.close()",
                    server.path().toString());
            connections.take().sendNow("ADOPT=1\n".getBytes(UTF_8), group.held(0));
            ByteBuffer answer = ByteBuffer.allocate(8);
            while (answer.hasRemaining() && client.read(answer) >= 0) {
                // A read may bring a part.
            }
            assertThat(new String(answer.array(), UTF_8)).isEqualTo("ADOPT=1\n");
            assertThat(adopter.waitFor()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void heldListenerIsTheSocketThatWasFound(Kind kind) throws Exception {
        try (TestGroup group = new TestGroup(kind, 2)) {
            SocketRow row = group.held(1).socket();
            assertThat(row.isAt(group.address())).isTrue();
            assertThat(row.uid()).isEqualTo(Processes.ownUid());
            assertThat(row.cookie()).isNotEqualTo(group.held(0).socket().cookie());
        }
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    private static HeldListener hold(long pid, int port) throws IOException {
        try (SockDiag sockets = new SockDiag()) {
            ListenAddress address = address("127.0.0.1", port);
            OwnedSocket found = new ListenerProbe(sockets)
                    .search(pid, List.of(address))
                    .found()
                    .get(address)
                    .get(0);
            return HeldListener.hold(found, address);
        }
    }

    private static ListenAddress address(String host, int port) throws IOException {
        return new ListenAddress(Transport.TCP, InetAddress.getByName(host), port, false);
    }

    /** Keeps clients in SYN_RECV until they have sent something. */
    private static void deferAccept(HeldListener held) throws IOException {
        SocketOptions.set(held.fd(), "TCP_DEFER_ACCEPT", Abi.SOL_TCP, TCP_DEFER_ACCEPT, 30);
    }

    private static List<Socket> connect(TestGroup group, Kind kind, int count) throws IOException {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(new Socket(kind.clientAddress(), group.port()));
        }
        return clients;
    }

    /** @param millis how long it is waited for */
    private static boolean isReset(Socket client, int millis) {
        try {
            client.setSoTimeout(millis);
            client.getOutputStream().write('x');
            return client.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static void readToEnd(UnixConnection connection) {
        try {
            connection.input().readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void close(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }
}
