package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A supervisor that is nobody, without a single capability, from an installed tree. */
@Isolated("puts the machine under load")
@Tag("chaos")
class WithoutRootTest {
    private static final String NOBODY = "65534";
    private static final int PORT = 8080;

    @TempDir
    Path tree;

    @BeforeEach
    void install() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv of util-linux");
        Path bin = Checkout.supervisord().resolveSibling(".");
        try (Stream<Path> launchers = Files.list(bin)) {
            for (Path launcher : launchers.filter(Files::isRegularFile).toList()) {
                put(launcher, "bin");
            }
        }
        put(bin.resolve("../target/handover-supervisor.jar"), "lib");
        put(Checkout.example("python/hello.py"), "examples");
        put(Checkout.example("python/worker.py"), "examples");
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
        Ran java = run(asNobody(List.of(Checkout.java(), "-version")));
        assumeTrue(java.exitCode() == 0, "nobody can't run " + Checkout.java() + ": " + java.err());
    }

    private void put(Path file, String folder) throws IOException {
        Path into = Files.createDirectories(tree.resolve(folder));
        Path copy = Files.copy(file, into.resolve(file.getFileName()));
        Files.setPosixFilePermissions(into, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Ran run(List<String> command) throws IOException, InterruptedException {
        return Ran.run(Duration.ofMinutes(2), command);
    }

    private static List<String> asNobody(List<String> command) {
        List<String> words = new ArrayList<>(List.of("/usr/bin/setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY));
        words.addAll(List.of("--clear-groups", "--bounding-set=-all", "--inh-caps=-all"));
        words.addAll(command);
        return words;
    }

    /** Its folder, too, is nobody's. */
    private List<String> supervisor(List<String> command) {
        Path configuration = Path.of(command.get(command.size() - 1));
        try {
            assertThat(run(List.of(
                                    "chown",
                                    "-R",
                                    NOBODY,
                                    configuration.getParent().toString()))
                            .exitCode())
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a folder got another owner", e);
        }
        List<String> installed = new ArrayList<>(command);
        installed.set(0, tree.resolve("bin/supervisord").toString());
        return asNobody(installed);
    }

    @Test
    void nothingIsLostOverALink() throws Exception {
        String service = """
                [services.hello]
                command = ["/usr/bin/python3", "%s", "%s", "%d"]
                listen = ["tcp://%2$s:%3$d"]
                workers = 2
                ready = "listening"
                drain = "idle"
                """.formatted(tree.resolve("examples/hello.py"), Link.SERVER_ADDRESS, PORT);
        try (Link link = Chaos.link();
                Supervised supervised = Supervised.start(service, command -> link.inServer(supervisor(command)))) {
            assertThat(supervised.ctl("doctor").out()).startsWith("hello: steered\n");
            LoadOptions load =
                    LoadOptions.of(new Target(Link.SERVER_ADDRESS, PORT), Mode.BANNER, 500, Duration.ofSeconds(3));
            Report report = ChaosRun.runOver(link, Chaos.options(load, 2, supervised));
            Chaos.isLossless(Chaos.shown("without root, over a link", report, supervised));
        }
    }

    private static long migrated(Link link) throws Exception {
        List<String> lines = run(link.inServer(List.of("grep", "^TcpExt:", "/proc/net/netstat")))
                .out()
                .lines()
                .toList();
        List<String> names = List.of(lines.get(0).split(" ", -1));
        return Long.parseLong(lines.get(1).split(" ", -1)[names.indexOf("TCPMigrateReqSuccess")]);
    }

    /** A program that may not be traced, as those are that hold secrets: nobody but root can duplicate its listener. */
    @Test
    void whereAWorkersListenerCantBeHeldTheKernelMovesItsConnectionsAndNothingIsCalledLossless() throws Exception {
        Path program = tree.resolve("untraceable.py");
        Files.writeString(program, """
                import ctypes, runpy
                PR_SET_DUMPABLE = 4
                assert ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0) == 0
                runpy.run_path("%s")
                """.formatted(tree.resolve("examples/worker.py")));
        put(program, "examples");
        String service = """
                [services.untraceable]
                command = ["/usr/bin/python3", "%s"]
                listen = ["tcp://%s:%d"]
                workers = 2
                """.formatted(tree.resolve("examples/untraceable.py"), Link.SERVER_ADDRESS, PORT);
        try (Link link = Chaos.link()) {
            Chaos.migrate(link, true);
            try (Supervised supervised = Supervised.start(service, command -> link.inServer(supervisor(command)))) {
                LoadOptions load =
                        LoadOptions.of(new Target(Link.SERVER_ADDRESS, PORT), Mode.BANNER, 500, Duration.ofSeconds(2));
                Report report = Chaos.shown(
                        "untraceable, over a link",
                        ChaosRun.runOver(link, Chaos.options(load, 1, supervised)),
                        supervised);
                Chaos.lostNothing(report);
                assertThat(migrated(link))
                        .as("connections that the kernel moved")
                        .isPositive();
                assertThat(String.join("\n", report.reloads().get(0).lastLines()))
                        .contains("was not waited for, migrate (", "may not be read (EACCES on /proc/");
                assertThat(supervised.ctl("status").out()).contains("migrate");
            }
        }
    }
}
