package dev.handover.supervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launchers, in a tree of their own with a java that only says how it was called. */
@Timeout(300)
class LauncherTest {
    private static final String CTL = "dev.handover.supervisor.cli.SupervisorctlMain";
    private static final String DAEMON = "dev.handover.supervisor.cli.SupervisordMain";

    /** No script of a shell's: one that starts may unblock all signals. */
    private static final String SHOW_SIGNALS = """
            #!/usr/bin/python3
            import os, sys
            print(*sys.argv)
            print(open("/proc/self/status").read())
            print("USR2 is", os.environ.get("_JAVA_SR_SIGNUM"))
            """;

    @TempDir
    private Path folder = Path.of("/");

    private final Map<String, String> environment = new HashMap<>();
    private Path tree = Path.of("/");

    private record Ended(int code, String out, String err) {}

    /** The folder's name has a space and a glob character, as users' folders may. */
    @BeforeEach
    void installTree() throws IOException {
        tree = folder.resolve("my *tree");
        Files.createDirectories(tree.resolve("bin"));
        for (String name : List.of("supervisord", "supervisorctl", "run-java.sh")) {
            Path copy = Files.copy(Path.of("bin", name), tree.resolve("bin").resolve(name));
            if (!name.endsWith(".sh")) {
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        jar("lib");
        jdk("17.0.15");
    }

    @Test
    void nativeCodeBesideTheJarIsOneWordForTheDaemonAlone() throws Exception {
        Files.createDirectories(tree.resolve("lib/jni"));
        assertThat(run("supervisord").out().lines())
                .filteredOn(word -> word.startsWith("-Djffi.boot.library.path="))
                .singleElement()
                .asString()
                .startsWith("-Djffi.boot.library.path=" + tree + "/bin/../lib/jni/")
                .endsWith("-Linux");
        assertThat(run("supervisorctl").out()).doesNotContain("jffi");
    }

    /** As archive-classes leaves them, for the java of this version. */
    private Path archives(String version) throws IOException {
        Path archives = Files.createDirectories(tree.resolve("lib/handover-supervisor.archives"));
        Files.createLink(archives.resolve("jar"), tree.resolve("lib/handover-supervisor.jar"));
        Path own = Files.createDirectories(archives.resolve(version));
        Files.createFile(own.resolve("SupervisordMain"));
        Files.createFile(own.resolve("SupervisorctlMain"));
        return own;
    }

    @ParameterizedTest
    @CsvSource({"17.0.15, -XX:SharedArchiveFile=", "25.0.1, -XX:AOTCache="})
    void anArchiveOfItsClassesIsOneWord(String version, String option) throws Exception {
        jdk(version);
        archives(version);
        String path = tree + "/bin/../lib/handover-supervisor.archives/" + version;
        assertThat(run("supervisord").out().lines())
                .contains(option + path + "/SupervisordMain", "-Dhandover.archive=" + path + "/SupervisordMain");
        assertThat(run("supervisorctl").out().lines()).contains(option + path + "/SupervisorctlMain");
    }

    @Test
    void anArchiveOfAnotherJavaOrAnotherJarOrBesideOnesOwnIsLeft() throws Exception {
        assertThat(run("supervisord").out()).doesNotContain("rchive");
        archives("17.0.14");
        assertThat(run("supervisord").out())
                .contains("-Dhandover.archive=" + tree + "/bin/../lib/handover-supervisor.archives/17.0.15/")
                .doesNotContain("SharedArchiveFile");
        jdk("17.0.14");
        assertThat(run("supervisord").out()).contains("SharedArchiveFile");
        environment.put("HANDOVER_JAVA_OPTS", "-Xshare:off");
        assertThat(run("supervisord").out()).doesNotContain("rchive");
        environment.remove("HANDOVER_JAVA_OPTS");
        Files.delete(tree.resolve("lib/handover-supervisor.jar"));
        jar("lib");
        assertThat(run("supervisord").out()).doesNotContain("SharedArchiveFile");
    }

    @Test
    void aCommandByAnotherNameSaysSo() throws Exception {
        Files.move(tree.resolve("bin/supervisorctl"), tree.resolve("bin/handoverctl"));
        assertThat(run("handoverctl").out().lines()).contains("-Dhandover.commands=handover");
    }

    @Test
    void anInstalledTreeRunsTheJarOfItsLib() throws Exception {
        Ended ended = run("supervisorctl", "reload", "a b", "");
        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
        assertThat(ended.out().lines())
                .containsSubsequence("-cp", tree + "/bin/../lib/handover-supervisor.jar", CTL, "reload", "a b", "");
    }

    @Test
    void aCheckoutRunsTheJarOfItsTarget() throws Exception {
        Files.delete(tree.resolve("lib/handover-supervisor.jar"));
        jar("target");
        assertThat(run("supervisord", "--config", "x").out().lines())
                .containsSubsequence("-cp", tree + "/bin/../target/handover-supervisor.jar", DAEMON, "--config", "x");
    }

    @Test
    void withoutAJarItSaysHowToMakeOne() throws Exception {
        Files.delete(tree.resolve("lib/handover-supervisor.jar"));
        Ended ended = run("supervisord");
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.err())
                .startsWith("supervisord: no handover-supervisor.jar in ")
                .contains("mvn package");
    }

    @Test
    void itIsFoundThroughSymbolicLinks() throws Exception {
        Path absolute = Files.createSymbolicLink(folder.resolve("ctl"), tree.resolve("bin/supervisorctl"));
        Path relative = Files.createSymbolicLink(folder.resolve("again"), Path.of("ctl"));
        for (Path link : List.of(absolute, relative)) {
            assertThat(execute(folder, List.of(link.toString(), "status")).out().lines())
                    .containsSubsequence("-cp", tree + "/bin/../lib/handover-supervisor.jar", CTL, "status");
        }
        assertThat(execute(folder, List.of("sh", "again", "status")).out().lines())
                .contains(CTL);
    }

    @Test
    void itIsFoundInPath() throws Exception {
        environment.put("PATH", tree.resolve("bin") + ":" + System.getenv("PATH"));
        assertThat(execute(folder, List.of("sh", "-c", "supervisorctl status"))
                        .out()
                        .lines())
                .contains(CTL);
    }

    @Test
    void javaTakesTheShellsPlaceAndItsExitCodeIsTheEnd() throws Exception {
        Files.writeString(tree.resolve("jdk/bin/java"), "#!/bin/sh\necho \"$$\"\nexit 3\n");
        Process process =
                start(folder, List.of(tree.resolve("bin/supervisorctl").toString(), "status"));
        String pid = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(pid.strip()).isEqualTo(Long.toString(process.pid()));
    }

    @ParameterizedTest
    @CsvSource({"17.0.15, false", "23.0.1, false", "24, true", "25.0.1, true", "26-ea, true"})
    void theDaemonMayCallNativeCodeWhereTheJdkAsks(String version, boolean asks) throws Exception {
        jdk(version);
        List<String> daemon = run("supervisord").out().lines().toList();
        assertThat(daemon.contains("--enable-native-access=ALL-UNNAMED")).isEqualTo(asks);
        assertThat(daemon.contains("--sun-misc-unsafe-memory-access=allow")).isEqualTo(asks);
        assertThat(run("supervisorctl").out()).doesNotContain("native-access");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8.0_402", "11.0.22", "16"})
    void aJdkThatIsTooOldIsRefused(String version) throws Exception {
        jdk(version);
        Ended ended = run("supervisorctl", "version");
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .isEqualTo("supervisorctl: " + tree + "/jdk/bin/java is of version " + version
                        + "; expected a JDK 17 or later\n");
    }

    @Test
    void aJdkWithoutAReleaseFileIsAskedItself() throws Exception {
        Files.delete(tree.resolve("jdk/release"));
        Files.writeString(tree.resolve("jdk/bin/java"), """
                #!/bin/sh
                case $1 in -XshowSettings*) echo '    java.version = 11.0.2' >&2; exit 0 ;; esac
                """);
        assertThat(run("supervisorctl").err()).contains("is of version 11.0.2;");
    }

    @Test
    void aWrongJavaHomeIsNamed() throws Exception {
        environment.put("JAVA_HOME", "/nonexistent");
        Ended ended = run("supervisorctl");
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.err())
                .isEqualTo("supervisorctl: JAVA_HOME is /nonexistent, but there is no program"
                        + " /nonexistent/bin/java; expected a JDK 17 or later\n");
    }

    @Test
    void withoutJavaHomeThePathIsSearchedThroughLinks() throws Exception {
        environment.remove("JAVA_HOME");
        Path bin = Files.createDirectories(folder.resolve("usr bin"));
        Files.createSymbolicLink(bin.resolve("java"), tree.resolve("jdk/bin/java"));
        jdk("24.0.1");
        environment.put("PATH", bin + ":/usr/bin:/bin");
        assertThat(run("supervisord").out().lines()).contains("--enable-native-access=ALL-UNNAMED", DAEMON);
    }

    @Test
    void withoutAnyJavaItSaysSo() throws Exception {
        environment.remove("JAVA_HOME");
        Path bin = Files.createDirectories(folder.resolve("tools"));
        for (String tool : List.of("readlink", "dirname")) {
            program(bin.resolve(tool), "exec /usr/bin/" + tool + " \"$@\"");
        }
        environment.put("PATH", bin.toString());
        Ended ended = run("supervisord");
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.err())
                .isEqualTo(
                        "supervisord: no java: JAVA_HOME is not set and PATH has none; expected a JDK 17 or later\n");
    }

    /** By the name that it was called by: a link may lead to another version later. */
    @Test
    void theDaemonKnowsItsLauncherAndTheClientDoesNot() throws Exception {
        Files.writeString(tree.resolve("jdk/bin/java"), "#!/bin/sh\necho \"$HANDOVER_LAUNCHER, $HANDOVER_CHANGED\"\n");
        Path link = Files.createSymbolicLink(folder.resolve("d"), tree.resolve("bin/supervisord"));
        assertThat(execute(folder, List.of(link.toString())).out())
                .startsWith(link + ", ")
                .contains(" HANDOVER_LAUNCHER");
        assertThat(execute(folder, List.of("sh", "d")).out()).startsWith(link + ", ");
        assertThat(run("supervisorctl").out()).startsWith(", ").doesNotContain("HANDOVER_LAUNCHER");
    }

    @Test
    void furtherOptionsForJavaComeFromTheEnvironment() throws Exception {
        environment.put("HANDOVER_JAVA_OPTS", "-Xmx64m -Dx=y");
        assertThat(run("supervisord").out().lines()).containsSubsequence("-Xmx64m", "-Dx=y", "-cp", DAEMON);
    }

    @Test
    void theDaemonsSignalsWaitForItAndNoOrderToGoOnEndsOneThatIsStarting() throws Exception {
        Files.writeString(tree.resolve("jdk/bin/java"), SHOW_SIGNALS);
        String daemon = run("supervisord").out();
        assertThat(daemon).contains(" -Xrs ", "USR2 is 40\n");
        assertThat(daemon).containsPattern("SigBlk:\t[0-9a-f]*4a07\n");
        // Under nohup, or in a shell's background, the tests and all they start ignore HUP, or INT and QUIT, too.
        assertThat(daemon).containsPattern("SigIgn:\t[0-9a-f]*20[0-7]\n");
        assertThat(run("supervisorctl").out()).doesNotContain("-Xrs").contains("USR2 is None\n");
    }

    @Test
    void anEnvThatBlocksNoSignalsIsDoneWithout() throws Exception {
        Files.writeString(tree.resolve("jdk/bin/java"), SHOW_SIGNALS);
        Path bin = Files.createDirectories(folder.resolve("older"));
        program(bin.resolve("env"), "exit 125");
        environment.put("PATH", bin + ":" + System.getenv("PATH"));
        String daemon = run("supervisord").out();
        assertThat(daemon).doesNotContain("-Xrs").containsPattern("SigBlk:\t[0-9a-f]*0000\n");
        assertThat(daemon).containsPattern("SigIgn:\t[0-9a-f]*00[0-7]\n");
    }

    @Test
    void aFolderThatHasBeenRemovedIsNoPlaceToStartAJavaIn() throws Exception {
        program(tree.resolve("jdk/bin/java"), "pwd");
        Path gone = Files.createDirectory(folder.resolve("gone"));
        String ctl = tree.resolve("bin/supervisorctl").toString();
        Ended ended = execute(gone, List.of("sh", "-c", "rmdir \"$0\"; exec \"$1\" status", gone.toString(), ctl));
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).isEqualTo("/\n");
        assertThat(run("supervisorctl").out()).isEqualTo(folder + "\n");
    }

    private void jar(String name) throws IOException {
        Files.createFile(Files.createDirectories(tree.resolve(name)).resolve("handover-supervisor.jar"));
    }

    private void jdk(String version) throws IOException {
        Path home = tree.resolve("jdk");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        program(java, "for argument; do echo \"$argument\"; done");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"" + version + "\"\n");
        environment.putIfAbsent("JAVA_HOME", home.toString());
    }

    private static void program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended run(String launcher, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(tree.resolve("bin").resolve(launcher).toString()));
        command.addAll(List.of(arguments));
        return execute(folder, command);
    }

    private Ended execute(Path directory, List<String> command) throws Exception {
        Process process = start(directory, command);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), out, err);
    }

    private Process start(Path directory, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "HANDOVER_JAVA_OPTS"));
        builder.environment().putAll(environment);
        return builder.start();
    }
}
