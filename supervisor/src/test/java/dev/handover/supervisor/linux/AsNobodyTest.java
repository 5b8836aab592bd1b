package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the tests against the kernel once more as nobody, when the build runs as root: in processes of their own, which the
 * other tests need not wait for.
 */
@Execution(ExecutionMode.CONCURRENT)
class AsNobodyTest {
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"linux", "steering"})
    @Timeout(1200)
    void everythingHoldsWithoutPrivilegeToo(String room) throws Exception {
        assumeTrue(Processes.ownUid() == 0, "not root: this run is without privilege already");
        assumeTrue(Files.isExecutable(SETPRIV), "needs setpriv of util-linux");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command = new ArrayList<>(List.of(SETPRIV.toString()));
        command.addAll(List.of("--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"));
        command.add("--inh-caps=-all");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", readableClassPath(), LaunchTests.class.getName()));
        try (Stream<Path> tests =
                Files.list(Path.of(AsNobodyTest.class.getResource("../" + room).toURI()))) {
            tests.map(test -> test.getFileName().toString())
                    .filter(name -> name.endsWith("Test.class") && !name.startsWith("AsNobody"))
                    .map(name -> "dev.handover.supervisor." + room + "." + name.replace(".class", ""))
                    .sorted()
                    .forEach(command::add);
        }
        // No descriptor of this process is taken meanwhile: some of the other tests count them.
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(said.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int exitCode = process.waitFor();
        String output = Files.readString(said);
        assertThat(exitCode).as(output).isZero();
        assertThat(output).contains("uid 65534");
    }

    /** A copy: what belongs to root, and its home, may not be readable for others. */
    private String readableClassPath() throws IOException {
        List<String> copies = new ArrayList<>();
        String original = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : original.split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            Path to = folder.resolve(copies.size() + "-" + from.getFileName());
            if (Files.exists(from)) {
                copy(from, to);
                copies.add(to.toString());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            all.forEach(one -> {
                try {
                    Path copy = to.resolve(from.relativize(one).toString());
                    Files.copy(one, copy);
                    Files.setPosixFilePermissions(
                            copy, PosixFilePermissions.fromString(Files.isDirectory(one) ? "rwxr-xr-x" : "rw-r--r--"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
