package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code reuseport = "intercept"} takes from a program, or can't do, is said. */
class InterceptLimitsTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path SETCAP = Path.of("/usr/sbin/setcap");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Never sets SO_REUSEPORT, and says who it is. */
    private static final String SERVER = """
            import re, socket, sys
            status = open("/proc/self/status").read()
            print("is", *re.search(r"Uid:\\s+\\d+\\s+(\\d+)[\\s\\S]*CapEff:\\s+(\\w+)", status).groups(), flush=True)
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("127.0.0.1", int(sys.argv[1])))
            s.listen(64)
            while True:
                s.accept()[0].close()
            """;

    @TempDir
    Path folder;

    private Path copy;

    @BeforeEach
    void copyOfPython() throws IOException {
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        copy = Files.copy(PYTHON.toRealPath(), folder.resolve("python"));
        Files.writeString(folder.resolve("server.py"), SERVER);
        Files.setPosixFilePermissions(folder.resolve("server.py"), PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static boolean isRoot() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    private String service(Path program, String more) throws IOException {
        int port = Supervised.freePort();
        return """
                [services.limited]
                command = ["%s", "-I", "%s", "%d"]
                environment = { PYTHONHOME = "/usr" }
                listen = ["tcp://127.0.0.1:%d"]
                reuseport = "intercept"
                ready = "listening"
                drain = "idle"
                %s
                """.formatted(program, folder.resolve("server.py"), port, port, more);
    }

    private static void reloads(Supervised supervised) throws Exception {
        Ran reload = supervised.ctl("reload");
        assertThat(reload.exitCode()).as(reload.err() + supervised.log()).isZero();
        assertThat(reload.out()).contains("lossless, steered");
    }

    private static void isFoundByTheDoctor(Supervised supervised, String... words) throws Exception {
        Ran doctor = supervised.ctl("doctor");
        assertThat(doctor.out()).contains(words);
    }

    @Test
    void aSetuidProgramRunsWithoutItsUserAndThatIsSaid() throws Exception {
        assumeTrue(isRoot(), "needs root: the program is to be another user's");
        int nobody = 65_534;
        Files.setAttribute(copy, "unix:uid", nobody);
        Files.setAttribute(copy, "unix:mode", 04755);
        try (Supervised supervised = Supervised.start(service(copy, ""))) {
            assertThat(supervised.log())
                    .contains("is 0 ")
                    .containsOnlyOnce(copy + " is setuid, and runs as uid 0 instead of " + nobody);
            isFoundByTheDoctor(supervised, copy + " is setuid", "set user");
            reloads(supervised);
        }
    }

    @Test
    void aProgramStartsWithoutItsCapabilitiesAndThatIsSaid() throws Exception {
        assumeTrue(isRoot(), "needs root: capabilities are set on a file, and the program is nobody's");
        assumeTrue(Files.isExecutable(SETCAP), "needs " + SETCAP + " (Debian: libcap2-bin)");
        Ran.run(PATIENCE, List.of(SETCAP.toString(), "cap_net_bind_service=ep", copy.toString()))
                .succeeded();
        try (Supervised supervised = Supervised.start(service(copy, "user = \"nobody\""))) {
            assertThat(supervised.log())
                    .contains("is 65534 0000000000000000")
                    .containsOnlyOnce(copy + " has capabilities of its own (setcap), and starts without them");
            isFoundByTheDoctor(supervised, copy + " has capabilities", "ip_unprivileged_port_start");
            reloads(supervised);
        }
    }

    /** As some containers' runtimes do it: the kernel allows one notifier in a chain of filters. */
    private List<String> underANotifier(List<String> command) {
        List<String> words = new ArrayList<>(List.of(
                PYTHON.toString(),
                Checkout.example("end-to-end/src/test/resources/dev/handover/e2e/notified.py")
                        .toString()));
        words.addAll(command);
        return words;
    }

    @Test
    void underAnotherNotifierTheStartSaysSoAndTheSupervisorGoesOn() throws Exception {
        try (Supervised supervised = Supervised.launch(service(PYTHON, ""), this::underANotifier)) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(supervised.ctl("status").out()).contains("limited: down"));
            Ran status = supervised.ctl("status");
            assertThat(status.exitCode()).isEqualTo(3);
            assertThat(status.out()).contains("another seccomp notifier is in place here", "EBUSY");
            assertThat(supervised.log()).contains("limited/g1/w1 could not be started: binds can't be intercepted");
            isFoundByTheDoctor(supervised, "its workers can't be started", "EBUSY", "reuseport = \"program\"");
        }
    }
}
