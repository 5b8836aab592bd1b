package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.supervisor.linux.InterceptedStart.Intercepted;
import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that never set SO_REUSEPORT, against the real kernel. */
@Timeout(300)
class BindNoticesTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ENOSYS = 38;

    /** Binds to each of its arguments in turn, and says what SO_REUSEPORT came to; at a path it waits until that exists. */
    private static final String BINDS = """
            import os, socket, sys, time, urllib.parse
            kept = []
            for text in sys.argv[1:]:
                if text.startswith("/"):
                    while not os.path.exists(text):
                        time.sleep(0.01)
                    continue
                url = urllib.parse.urlsplit(text)
                family = socket.AF_INET6 if ":" in url.hostname else socket.AF_INET
                s = socket.socket(family, socket.SOCK_STREAM if url.scheme == "tcp" else socket.SOCK_DGRAM)
                kept.append(s)
                try:
                    s.bind((url.hostname, url.port))
                    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT), flush=True)
                except OSError as e:
                    print("errno", e.errno, flush=True)
                if url.scheme == "tcp":
                    s.listen(5)
            time.sleep(60)
            """;

    private static final String HOSTILE = """
            import ctypes, os, socket, struct, sys, threading, urllib.parse, warnings
            warnings.simplefilter("ignore") # of a fork beside threads
            port = urllib.parse.urlsplit(sys.argv[1]).port
            bind = ctypes.CDLL(None, use_errno=True).bind
            def bytes_of(family, number):
                return struct.pack("=H", family) + struct.pack("!H4s8x", number, bytes([127, 0, 0, 1]))
            shared = ctypes.create_string_buffer(bytes_of(socket.AF_INET, port), 16)
            wanted = ctypes.create_string_buffer(bytes_of(socket.AF_INET, port), 16)
            over = threading.Event()
            def changes():
                while not over.is_set():
                    for family, number in ((socket.AF_INET, 1), (socket.AF_INET6, port), (socket.AF_INET, port)):
                        ctypes.memmove(shared, bytes_of(family, number), 16)
            def floods():
                while not over.is_set():
                    bind(socket.socket().fileno(), shared, 16)
            def swaps(kept):
                while not over.is_set():
                    os.dup2(pipe[0], kept)
                    os.dup2(tcp.fileno(), kept)
            pipe, tcp = os.pipe(), socket.socket()
            kept = os.dup(tcp.fileno())
            for what in (changes, floods, floods, lambda: swaps(kept)):
                threading.Thread(target=what, daemon=True).start()
            for at in range(300):
                bind(kept, wanted, 16)
                bind(pipe[0], wanted, 16)
                bind(9999, wanted, 16)
                bind(tcp.fileno(), ctypes.c_void_p(-1), 16)
                child = os.fork() if at % 100 == 0 else None
                if child == 0:
                    if at:
                        os.execv("/bin/true", ["true"])
                    bind(kept, wanted, 16)
                    os._exit(0)
                elif child:
                    os.waitpid(child, 0)
            print("bound", flush=True)
            threading.Event().wait()
            """;

    /** Binds to its argument, a port, without the system call; see io_uring_setup(2) for the offsets. */
    private static final String BINDS_BY_IO_URING = """
            import ctypes, mmap, socket, struct, sys
            SETUP, ENTER, GETEVENTS, BIND, SQES, EINVAL = 425, 426, 1, 56, 0x10000000, 22
            libc = ctypes.CDLL(None, use_errno=True)
            params = ctypes.create_string_buffer(120)
            ring = libc.syscall(SETUP, 4, params)
            if ring < 0:
                print("none: errno", ctypes.get_errno())
                sys.exit()
            submissions, completions = struct.unpack_from("II", params)
            tail, array, events = (struct.unpack_from("I", params, at)[0] for at in (44, 64, 100))
            rings = mmap.mmap(ring, max(array + 4 * submissions, events + 16 * completions))
            entries = mmap.mmap(ring, 64 * submissions, offset=SQES)
            address = ctypes.create_string_buffer(
                struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", int(sys.argv[1]), bytes([127, 0, 0, 1])), 16)
            s = socket.socket()
            struct.pack_into("=BBHiQQ", entries, 0, BIND, 0, 0, s.fileno(), 16, ctypes.addressof(address))
            struct.pack_into("I", rings, array, 0)
            struct.pack_into("I", rings, tail, 1)
            libc.syscall(ENTER, ring, 1, 1, GETEVENTS, None, 0)
            result = struct.unpack_from("i", rings, events + 8)[0]
            if result == -EINVAL:
                print("none: no such operation")
            else:
                print(result, s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT))
            """;

    @TempDir
    Path folder;

    private final List<Long> children = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> warnings = new ConcurrentLinkedQueue<>();
    private int started;

    @BeforeEach
    void needs() {
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        Launcher.takeChildren();
    }

    @AfterEach
    void end() {
        children.forEach(Children::end);
        assertThat(warnings).isEmpty();
    }

    /** One that the kernel gives to nobody who asks for any. */
    private static ListenAddress free(String form) throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
            try (ServerSocket some = new ServerSocket(port, 1)) {
                return ListenAddress.parse(form.formatted(some.getLocalPort()));
            } catch (BindException taken) {
                // Another one may be free.
            }
        }
    }

    private Intercepted start(String program, String... arguments) throws IOException {
        Path out = Files.createFile(folder.resolve("out" + ++started));
        List<CString> words = new ArrayList<>();
        for (String word : List.of("python3", "-I", "-c", program)) {
            words.add(CString.of(word));
        }
        for (String argument : arguments) {
            words.add(CString.of(argument));
        }
        Intercepted intercepted = InterceptedStart.start(
                new Program(PYTHON, words, List.of(CString.of("PATH=/usr/bin:/bin")), folder, out, out));
        children.add(intercepted.pid());
        return intercepted;
    }

    @Test
    void whatElseTheProgramIsToHaveItHasToo() throws Exception {
        Path out = Files.createFile(folder.resolve("out" + ++started));
        List<CString> words = Stream.of("python3", "-I", "-c", "import os; print(oct(os.umask(0)), os.nice(0))")
                .map(CString::of)
                .toList();
        Intercepted intercepted = InterceptedStart.start(new Program(
                PYTHON, words, List.of(), folder, out, out, OptionalInt.of(0135), OptionalInt.of(7), Optional.empty()));
        children.add(intercepted.pid());
        answer(intercepted.notices());
        awaitOutput(started, "0o135 7");
    }

    private Thread answer(BindNotices notices, ListenAddress... declared) {
        Thread thread = new Thread(() -> {
            try (notices) {
                notices.reuseport(List.of(declared), warnings::add);
            } catch (LinuxException broken) {
                warnings.add(broken.getMessage());
            }
        });
        thread.start();
        return thread;
    }

    private void awaitOutput(int number, String lines) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(folder.resolve("out" + number)).hasContent(lines));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:%d", "tcp://[::1]:%d", "tcp://[::]:%d?dual-stack", "udp://127.0.0.1:%d"})
    void twoCopiesOfAProgramThatDoesNotSetItBindOneAddress(String form) throws Exception {
        ListenAddress address = free(form);
        for (int copy = 1; copy <= 2; copy++) {
            answer(start(BINDS, address.toString()).notices(), address);
            awaitOutput(copy, "1");
        }
    }

    @Test
    void whatIsNotDeclaredIsLeftAsItIs() throws Exception {
        ListenAddress declared = free("tcp://127.0.0.1:%d");
        ListenAddress other = free("tcp://127.0.0.1:%d");
        String udp = declared.toString().replace("tcp", "udp");
        answer(start(BINDS, declared.toString(), other.toString(), udp).notices(), declared);
        awaitOutput(1, "1\n0\n0");
    }

    @Test
    void bindsThatTheKernelRefusesDoNotEndTheAnswering() throws Exception {
        ListenAddress address = free("tcp://127.0.0.1:%d");
        answer(start("""
                import ctypes, socket
                ctypes.CDLL(None).prctl(15, b"\\xff\\xfe", 0, 0, 0) # PR_SET_NAME
                bind = ctypes.CDLL(None, use_errno=True).bind
                odd = socket.socket()
                for at, length in ((8, 16), (-4096, 16), (8, -1), (8, 1 << 20)):
                    assert bind(odd.fileno(), ctypes.c_void_p(at), ctypes.c_uint(length & 0xffffffff)) == -1
                """ + BINDS, address.toString()).notices(), address);
        awaitOutput(1, "1");
        assertThat(warnings).isNotEmpty().allMatch(warning -> warning.contains("SO_REUSEPORT can't be set"));
        warnings.clear();
    }

    /**
     * What it binds is no socket, or another than a moment ago; its memory changes between notice and answer; a thread that
     * waits is killed by its process's end, a child execs. It gets no more than the option on a socket of its own, and no
     * descriptor or thread of the supervisor's is left.
     */
    @Test
    void aHostileProgramGetsNothingByItAndLeavesNothingBehind() throws Exception {
        ListenAddress address = free("tcp://127.0.0.1:%d");
        start(BINDS).notices().close(); // what the first one loads
        long before = descriptors();
        Intercepted hostile = start(HOSTILE, address.toString());
        Thread answering = answer(hostile.notices(), address);
        awaitOutput(2, "bound");
        assertThat(answering.isAlive()).as("it is answered still").isTrue();
        Children.end(hostile.pid());
        answering.join(PATIENCE.toMillis());
        assertThat(answering.isAlive()).isFalse();
        assertThat(warnings).isNotEmpty().allMatch(warning -> warning.contains("SO_REUSEPORT can't be set"));
        warnings.clear();
        await().atMost(PATIENCE).until(() -> descriptors() <= before);

        answer(start(BINDS, address.toString()).notices(), address);
        awaitOutput(3, "1");
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void mptcpIsRefusedAsByAKernelWithoutIt() throws Exception {
        answer(start("""
                import errno, socket
                try:
                    socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
                except OSError as e:
                    print(errno.errorcode[e.errno])
                """).notices());
        awaitOutput(1, "EPROTONOSUPPORT");
    }

    /** What programs.md says of io_uring; whoever finds it mended may strike that there. */
    @Test
    void aBindByIoUringIsNotToldOf() throws Exception {
        ListenAddress address = free("tcp://127.0.0.1:%d");
        answer(start(BINDS_BY_IO_URING, String.valueOf(address.port())).notices(), address);
        Path out = folder.resolve("out1");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(out).isNotEmptyFile());
        String said = Files.readString(out);
        assumeTrue(!said.startsWith("none"), "needs io_uring's bind, Linux 6.11, and io_uring allowed: " + said);
        assertThat(said.strip()).as("the bind's result, and SO_REUSEPORT").isEqualTo("0 0");
    }

    @Test
    void theSupervisorsOwnThreadsBindUnasked() throws Exception {
        start(BINDS);
        assertThat(free("tcp://127.0.0.1:%d")).isNotNull();
    }

    @Test
    void whenNobodyIsLeftWhoCouldBindTheAnsweringEnds() throws Exception {
        Intercepted program = start(BINDS);
        Thread answering = answer(program.notices());
        Children.end(program.pid());
        answering.join(PATIENCE.toMillis());
        assertThat(answering.isAlive()).isFalse();
    }

    @Test
    void whoIsLeftByItsSupervisorWaitsForTheNextOne() throws Exception {
        ListenAddress address = free("tcp://127.0.0.1:%d");
        Path go = folder.resolve("go");
        Intercepted program = start(BINDS, go.toString(), address.toString());
        program.notices().close();
        Files.createFile(go);
        await().atMost(PATIENCE)
                .until(() -> Files.readString(Path.of("/proc/" + program.pid() + "/wchan"))
                        .startsWith("seccomp_do_user_notification"));
        assertThat(folder.resolve("out1")).isEmptyFile();

        Optional<BindNotices> taken = BindNotices.heldBy(program.pid());
        answer(taken.orElseThrow(), address);
        awaitOutput(1, "1");
    }

    @Test
    void whoHasClosedItsCopyAndIsLeftIsToldThatThereIsNoBind() throws Exception {
        ListenAddress address = free("tcp://127.0.0.1:%d");
        Path go = folder.resolve("go");
        Intercepted program = start("import os\nos.close(3)\n" + BINDS, go.toString(), address.toString());
        program.notices().close();
        Files.createFile(go);
        awaitOutput(1, "errno " + ENOSYS);
        assertThat(BindNotices.heldBy(program.pid())).isEmpty();
    }

    @Test
    void aSecondNotifierIsRefusedInWords() throws Exception {
        List<String> said = new ArrayList<>();
        Thread twice = new Thread(() -> {
            try (BindNotices first = BindNotices.ofThisThread();
                    BindNotices second = BindNotices.ofThisThread()) {
                said.add("both of " + first.fd() + " and " + second.fd());
            } catch (IOException refused) {
                said.add(refused.getMessage());
            }
        });
        twice.start();
        twice.join();
        assertThat(said).singleElement().asString().contains("another seccomp notifier is in place here");
    }
}
