package dev.handover.supervisor.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.terms.Resource;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jnr.constants.platform.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Timeout(300)
@Isolated("this process may open no file meanwhile")
class UnixServerTest {
    private static final byte[] FULL = "full\n".getBytes(UTF_8);

    @TempDir
    Path temporary;

    private Path path;
    private final List<String> troubles = new CopyOnWriteArrayList<>();

    @BeforeEach
    void namePath() {
        path = temporary.resolve("folder/test.sock");
    }

    @Test
    void peerIsIdentifiedByTheKernelAndAnswered() throws Exception {
        BlockingQueue<PeerCredentials> peers = new LinkedBlockingQueue<>();
        try (UnixServer server = listen(10, connection -> {
                    peers.add(connection.peer());
                    echo(connection);
                });
                SocketChannel client = connect()) {
            client.write(ByteBuffer.wrap("hello\n".getBytes(UTF_8)));
            assertThat(read(client, 6)).isEqualTo("hello\n");
            assertThat(server.connections()).isEqualTo(1);
        }
        PeerCredentials peer = peers.take();
        assertThat(peer.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(peer.uid()).isEqualTo(Processes.ownUid());
    }

    /** What a process that has ended has left to another, it can't be asked for by its pid any more. */
    @Test
    void thatAPeerHasEndedIsSeenThoughItsConnectionLivesOn() throws Exception {
        BlockingQueue<UnixConnection> accepted = new LinkedBlockingQueue<>();
        try (UnixServer server = listen(10, connection -> {
            accepted.add(connection);
            echo(connection);
        })) {
            Process process = Python.start(
                    "import os, socket, sys",
                    "link = socket.socket(socket.AF_UNIX)",
                    "child = os.fork()",
                    "if child == 0:",
                    "    link.connect(sys.argv[1])",
                    "    print(os.getpid(), flush=True)",
                    "    sys.stdin.readline()",
                    "    os._exit(0)",
                    "os.waitpid(child, 0)",
                    "print('ended', flush=True)",
                    "sys.stdin.read()",
                    server.path().toString());
            try {
                long pid = Long.parseLong(Python.line(process));
                UnixConnection connection = accepted.take();
                assumeTrue(KernelSince.is(6, 5), "needs Linux 6.5 (SO_PEERPIDFD)");
                assertThat(connection.peer().pid()).isEqualTo(pid);
                assertThat(connection.peerHasEnded()).isFalse();
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
                assertThat(Python.line(process)).isEqualTo("ended");
                assertThat(connection.peerHasEnded()).isTrue();
            } finally {
                process.getOutputStream().close();
            }
        }
    }

    @Test
    void aGroupThatMayConnectIsKnownByAnyOfAPeersGroups() throws Exception {
        assumeTrue(OtherUsers.canBeNobody(), "needs root, and another user");
        BlockingQueue<Map<Integer, Boolean>> accepted = new LinkedBlockingQueue<>();
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx--x--x"));
        try (UnixServer server = listen(10, connection -> {
            accepted.add(groups(connection, 12345, 65534, 12346, 0)); // as long as it is open
            echo(connection);
        })) {
            assertThat(connects(server.path(), 12345)).as("before").isEqualTo("EACCES");
            server.shareWith(12345);
            PrivateFolder.letThrough(path.getParent());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw----");
            assertThat(connects(server.path(), 12346)).as("of another group").isEqualTo("EACCES");
            assertThat(connects(server.path(), 12345)).isEqualTo("connected");
            assertThat(accepted.take()).isEqualTo(Map.of(12345, true, 65534, true, 12346, false, 0, false));
        }
    }

    /** In which of these its peer is, which is nobody. */
    private static Map<Integer, Boolean> groups(UnixConnection connection, int... asked) {
        assertThat(connection.peer().uid()).isEqualTo(65534);
        assertThat(connection.peer().gid()).isEqualTo(65534);
        Map<Integer, Boolean> found = new HashMap<>();
        for (int group : asked) {
            try {
                found.put(group, connection.peerIsIn(group));
            } catch (LinuxException e) {
                throw new AssertionError(e);
            }
        }
        return found;
    }

    /** As nobody, with one more group. */
    private static String connects(Path socket, int group) throws IOException {
        Process process = Python.start(
                "import errno, os, socket, sys",
                "path, group = sys.argv[1].split('|')",
                "os.setgroups([int(group)])",
                "os.setgid(65534)",
                "os.setuid(65534)",
                "link = socket.socket(socket.AF_UNIX)",
                "try:",
                "    link.connect(path)",
                "    print('connected', flush=True)",
                "except OSError as e:",
                "    print(errno.errorcode[e.errno], flush=True)",
                "sys.stdin.read()",
                socket + "|" + group);
        try {
            return Python.line(process);
        } finally {
            process.getOutputStream().close();
        }
    }

    @Test
    void socketFileIsForItsOwnerOnlyAndSoIsTheFolderMadeForIt() throws Exception {
        try (UnixServer server = listen(1, connection -> {})) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.path())))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void closingRemovesTheSocketFileAndEndsConnectionsWhoseThreadsAreReading() throws Exception {
        BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();
        try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            CountDownLatch started = new CountDownLatch(1);
            UnixServer server = listen(1, connection -> {
                try {
                    started.countDown();
                    ends.add(connection.input().read());
                } catch (IOException e) {
                    ends.add(-2);
                }
            });
            client.connect(UnixDomainSocketAddress.of(path));
            started.await();
            server.close();
            assertThat(ends.take()).isEqualTo(-1);
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(path).doesNotExist();
            await().until(() -> server.connections() == 0);
        }
        assertThat(troubles).isEmpty();
    }

    @Test
    void socketLeftBehindByADeadDaemonIsReplaced() throws Exception {
        Files.createDirectory(
                path.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
        try (UnixServer server = listen(1, UnixServerTest::echo);
                SocketChannel client = connect()) {
            client.write(ByteBuffer.wrap("x".getBytes(UTF_8)));
            assertThat(read(client, 1)).isEqualTo("x");
            assertThat(server.path()).exists();
        }
    }

    @Test
    void socketOnWhichALiveDaemonAnswersIsLeftToIt() throws Exception {
        try (UnixServer first = listen(2, UnixServerTest::echo)) {
            assertThatThrownBy(() -> listen(1, connection -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessage(path + " is in use: another process (pid "
                            + ProcessHandle.current().pid() + ") answers there");
            try (SocketChannel client = connect()) {
                client.write(ByteBuffer.wrap("x".getBytes(UTF_8)));
                assertThat(read(client, 1)).isEqualTo("x");
            }
            assertThat(first.path()).exists();
        }
    }

    @Test
    void closingLeavesASocketThatTookItsPlaceAlone() throws Exception {
        UnixServer first = listen(1, connection -> {});
        Files.delete(path);
        try (UnixServer second = listen(1, connection -> {})) {
            first.close();
            assertThat(second.path()).exists();
        }
    }

    @Test
    void fileThatIsNotASocketIsNeitherRemovedNorUsed() throws Exception {
        Files.createDirectory(
                path.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(path, "precious");
        assertThatThrownBy(() -> listen(1, connection -> {}))
                .hasMessage(path + " exists and is not a socket; remove it, or name another path");
        assertThat(path).hasContent("precious");
    }

    @Test
    void pathThatIsTooLongForTheKernelIsRefusedWithItsLength() {
        path = temporary.resolve("n".repeat(108));
        assertThatThrownBy(() -> listen(1, connection -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage(path + ": a Unix socket's path has at most 107 bytes, and this one has "
                        + path.toString().length());
    }

    @Test
    void peerBeyondTheLimitIsToldSoAndDisconnectedAndTheNextOneServedOnceThereIsRoom() throws Exception {
        try (UnixServer server = listen(1, UnixServerTest::echo)) {
            SocketChannel first = connect();
            await().until(() -> server.connections() == 1);
            try (SocketChannel second = connect()) {
                assertThat(read(second, 5)).isEqualTo("full\n");
                assertThat(second.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            first.close();
            await().until(() -> server.connections() == 0);
            try (SocketChannel third = connect()) {
                third.write(ByteBuffer.wrap("x".getBytes(UTF_8)));
                assertThat(read(third, 1)).isEqualTo("x");
            }
        }
    }

    @Test
    void messagesOfSeveralThreadsDoNotInterleave() throws Exception {
        int threads = 4;
        int lines = 50;
        String line = "x".repeat(9_999);
        try (UnixServer server = listen(1, connection -> {
                    Thread[] senders = new Thread[threads];
                    for (int t = 0; t < threads; t++) {
                        byte[] message = (t + line + "\n").getBytes(UTF_8);
                        senders[t] = new Thread(() -> {
                            for (int i = 0; i < lines; i++) {
                                send(connection, message);
                            }
                        });
                        senders[t].start();
                    }
                    for (Thread sender : senders) {
                        join(sender);
                    }
                });
                SocketChannel client = connect()) {
            String all = read(client, threads * lines * (line.length() + 2));
            assertThat(all.lines())
                    .hasSize(threads * lines)
                    .allMatch(one -> one.substring(1).equals(line));
            assertThat(server.path()).exists();
        }
    }

    @Test
    void closingAConnectionFromAnotherThreadEndsASendThatThePeerDoesNotRead() throws Exception {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        BlockingQueue<UnixConnection> open = new LinkedBlockingQueue<>();
        try (UnixServer server = listen(1, connection -> {
                    open.add(connection);
                    try {
                        connection.send(new byte[10_000_000]);
                        ends.add("sent");
                    } catch (IOException e) {
                        ends.add("failed");
                    }
                });
                SocketChannel client = connect()) {
            UnixConnection connection = open.take();
            read(client, 1);
            connection.close();
            assertThat(ends.take()).isEqualTo("failed");
            await().until(() -> server.connections() == 0);
            assertThatThrownBy(() -> connection.send(new byte[1])).isInstanceOf(IOException.class);
        }
    }

    @Test
    void runningOutOfDescriptorsIsSaidOnceAndConnectionsAreAcceptedAfterwards() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "needs prlimit of util-linux");
        String self = "/usr/bin/prlimit --pid " + ProcessHandle.current().pid() + " --nofile=";
        int most = Integer.parseInt(new String(
                        new ProcessBuilder("sh", "-c", "ulimit -Sn")
                                .start()
                                .getInputStream()
                                .readAllBytes(),
                        UTF_8)
                .trim());
        try (UnixServer server = listen(10, UnixServerTest::echo);
                SocketChannel before = connect();
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            before.write(ByteBuffer.wrap("x".getBytes(UTF_8)));
            read(before, 1);
            loadClasses();
            Process limiter = new ProcessBuilder(
                            "sh", "-c", self + "3: && echo limited && read line; " + self + most + ":")
                    .start();
            try (OutputStream go = limiter.getOutputStream()) {
                assertThat(limiter.getInputStream().read()).isEqualTo('l');
                client.connect(UnixDomainSocketAddress.of(path));
                await().until(() -> !troubles.isEmpty());
                go.write('\n');
            }
            assertThat(limiter.waitFor(60, TimeUnit.SECONDS)).isTrue();
            client.write(ByteBuffer.wrap("y".getBytes(UTF_8)));
            assertThat(read(client, 1)).isEqualTo("y");
            assertThat(server.connections()).isEqualTo(2);
        }
        assertThat(troubles)
                .containsExactly(
                        path + ": cannot accept connections (EMFILE); they wait until it can",
                        path + ": accepts connections again (it was EMFILE)");
    }

    /** Of a folder, unlike of a jar that is open, none can be loaded while descriptors are short. */
    private static void loadClasses() {
        Guarded.run(() -> assertThat(new LinuxException("accept4", Errno.EMFILE, "before"))
                .hasMessageContaining("EMFILE"));
    }

    @Test
    void thoseForWhomDescriptorsAreKeptAreServedAlsoWhereNoneIsToBeHad() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "needs prlimit of util-linux");
        exchangeAndClose();
        loadClasses();
        ResourceLimit own = ResourceLimit.ofThisProcess(Resource.NOFILE);
        List<Closeable> others = new ArrayList<>();
        try (UnixServer server = listen(10, 1, UnixServerTest::echo);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            new ResourceLimit(highestDescriptor() + 1, own.hard()).set(Resource.NOFILE);
            try {
                takeAllThatAreLeft(others);
                client.connect(UnixDomainSocketAddress.of(path));
                client.write(ByteBuffer.wrap("x".getBytes(UTF_8)));
                assertThat(read(client, 1)).isEqualTo("x");
            } finally {
                own.set(Resource.NOFILE);
            }
            assertThat(server.connections()).isEqualTo(1);
            assertThat(troubles).isEmpty();
        } finally {
            for (Closeable one : others) {
                one.close();
            }
        }
    }

    private static long highestDescriptor() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.mapToLong(each -> Long.parseLong(each.getFileName().toString()))
                    .max()
                    .orElseThrow();
        }
    }

    private static void takeAllThatAreLeft(List<Closeable> into) {
        try {
            while (true) {
                into.add(new FileInputStream("/dev/null"));
            }
        } catch (FileNotFoundException none) {
            assertThat(none).hasMessageContaining("Too many open files");
        }
    }

    @Test
    void noDescriptorIsLeftOpen() throws Exception {
        exchangeAndClose();
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            exchangeAndClose();
        }
        await().untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before));
    }

    private void exchangeAndClose() throws IOException {
        try (UnixServer server = listen(1, UnixServerTest::echo);
                SocketChannel client = connect()) {
            client.write(ByteBuffer.wrap("x".getBytes(UTF_8)));
            assertThat(read(client, 1)).isEqualTo("x");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    private UnixServer listen(int limit, Consumer<UnixConnection> each) throws IOException {
        return listen(limit, 0, each);
    }

    private UnixServer listen(int limit, int kept, Consumer<UnixConnection> each) throws IOException {
        return UnixServer.listen(path, limit, kept, FULL, each, troubles::add);
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    private static void echo(UnixConnection connection) {
        try {
            connection.input().transferTo(connection.output());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void send(UnixConnection connection, byte[] message) {
        try {
            connection.send(message);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(SocketChannel client, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && client.read(buffer) >= 0) {
            // A read may bring a part.
        }
        return new String(buffer.array(), 0, buffer.position(), UTF_8);
    }
}
