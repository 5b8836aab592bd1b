package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Another supervisor is installed over the running one, as a package does it, and takes its place under the same pid. */
@Isolated("puts the machine under load")
@Tag("chaos")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UpgradeTest {
    private static final int UPGRADES = 3;
    private static final double RATE = 1000;
    private static final Duration DURATION = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What adopts the workers' listeners; a trial has no use for it. */
    private static final String NEEDED_LATER = "dev/handover/supervisor/steering/Steering.class";

    @TempDir
    private Path tree;

    private int port;
    private Supervised supervised;
    private List<Long> workers;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(tree.resolve("bin"));
        for (String name : List.of("supervisord", "run-java.sh")) {
            Path file = Checkout.file("supervisor/bin/" + name);
            Files.copy(file, tree.resolve("bin").resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        install("1.0", List.of());
        port = Supervised.freePort();
        supervised = Supervised.start(Example.PYTHON_WORKER.service("127.0.0.1", port, 2), this::installed);
        workers = supervised.workerPids();
    }

    @AfterEach
    void end() throws IOException {
        supervised.close();
    }

    private List<String> installed(List<String> command) {
        List<String> words = new ArrayList<>(command);
        words.set(0, tree.resolve("bin/supervisord").toString());
        return words;
    }

    /** Puts a jar in the place of the one that is there, which whoever runs it goes on reading. */
    private void install(String version, List<String> without) throws IOException {
        Path next = tree.resolve("next.jar");
        try (JarFile built = new JarFile(Checkout.supervisorJar().toFile());
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(next))) {
            for (JarEntry entry : built.stream().toList()) {
                if (!without.contains(entry.getName())) {
                    copy(built, entry, version, out);
                }
            }
        }
        put(next);
    }

    private static void copy(JarFile from, JarEntry entry, String version, JarOutputStream jar) throws IOException {
        jar.putNextEntry(new JarEntry(entry.getName()));
        if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
            Manifest manifest = from.getManifest();
            manifest.getMainAttributes().putValue("Implementation-Version", version);
            manifest.write(jar);
        } else {
            try (InputStream content = from.getInputStream(entry)) {
                content.transferTo(jar);
            }
        }
        jar.closeEntry();
    }

    private void put(Path jar) throws IOException {
        Path lib = Files.createDirectories(tree.resolve("lib"));
        Files.move(jar, lib.resolve("handover-supervisor.jar"), StandardCopyOption.REPLACE_EXISTING);
    }

    private String version() throws IOException {
        JsonObject version = supervised.ask("version");
        assertThat(version.get("pid").getAsLong()).isEqualTo(supervised.pid());
        return version.get("version").getAsString();
    }

    @Test
    void underLoadNothingIsLostAndEverybodyKeepsItsPid() throws Exception {
        install("2.0", List.of());
        LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Example.PYTHON_WORKER.mode(), RATE, DURATION);
        String upgrade = String.join(" ", supervised.ctlWords("upgrade"));
        Report report = Chaos.shown(
                "upgraded",
                ChaosRun.run(ChaosOptions.of(load).withReloads(ReloadOptions.of(UPGRADES, upgrade))),
                supervised);
        Chaos.lostNothing(report);
        assertThat(report.reloads()).hasSize(UPGRADES);
        assertThat(version()).isEqualTo("2.0");
        supervised.awaitRunning();
        assertThat(supervised.workerPids()).isEqualTo(workers);
        assertThat(supervised.ask("reload").toString()).contains("\"verdict\":\"lossless\"");
        assertThat(leftBehind()).isEmpty();
    }

    /** Zombies among its children, and what the upgrade kept for the way back. */
    private List<String> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(supervised.folder());
                Stream<ProcessHandle> children =
                        ProcessHandle.of(supervised.pid()).orElseThrow().children()) {
            return Stream.concat(
                            files.map(Path::toString).filter(name -> name.endsWith(".upgrade")),
                            children.filter(child -> state(child.pid()).contains("zombie"))
                                    .map(child -> "zombie " + child.pid()))
                    .toList();
        }
    }

    private static String state(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/status"));
        } catch (IOException gone) {
            return "";
        }
    }

    @Test
    void oneThatCannotStartIsRefusedBeforeAnythingHasHappened() throws Exception {
        put(Files.writeString(tree.resolve("damaged.jar"), "no jar"));
        Ran upgrade = supervised.ctl("upgrade");
        assertThat(upgrade.exitCode()).isEqualTo(1);
        assertThat(upgrade.err())
                .startsWith("supervisorctl: the program that is installed now can't take over: ")
                .endsWith("nothing was changed\n")
                .hasLineCount(1);
        assertThat(version()).isEqualTo("1.0");
        assertThat(supervised.log()).doesNotContain("takes the place");
    }

    @Test
    void oneThatIsAskedForMeanwhileIsRefusedAndTheFirstGoesOn() throws Exception {
        install("2.0", List.of());
        Path begun = tree.resolve("begun");
        Path go = tree.resolve("go");
        putBeforeLauncher(": >" + begun + "; until [ -e " + go + " ]; do sleep 0.1; done");
        CompletableFuture<Ran> first = CompletableFuture.supplyAsync(this::upgrade);
        await().atMost(PATIENCE).until(() -> Files.exists(begun));
        Ran second = supervised.ctl("upgrade");
        Files.createFile(go);
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.err()).isEqualTo("supervisorctl: an upgrade is under way; nothing was changed\n");
        assertThat(first.join().succeeded().out()).startsWith("supervisord 1.0 -> 2.0: 2 workers");
        assertThat(version()).isEqualTo("2.0");
    }

    /** The core hears of it only once it was tried. */
    @Test
    void oneThatIsRefusedAfterItWasTriedIsInNobodysWay() throws Exception {
        String web = Example.PYTHON_WORKER.service("127.0.0.1", port, 2);
        supervised.configure(web + "\n[services.slow]\ncommand = [\"sleep\", \"600\"]\nready-timeout = \"600s\"\n");
        supervised.ctl("reload", "--no-wait", "slow").succeeded();
        Ran upgrade = supervised.ctl("upgrade");
        assertThat(upgrade.exitCode()).isEqualTo(1);
        assertThat(upgrade.err()).startsWith("supervisorctl: slow").endsWith("try again when that is over\n");
        supervised.ctl("stop", "slow").succeeded();
        supervised.ctl("upgrade").succeeded();
    }

    private Ran upgrade() {
        try {
            return supervised.ctl("upgrade");
        } catch (IOException | InterruptedException failed) {
            throw new CompletionException(failed);
        }
    }

    private void putBeforeLauncher(String command) throws IOException {
        Path launcher = tree.resolve("bin/supervisord");
        String text = Files.readString(launcher);
        int line = text.indexOf('\n') + 1; // behind #!
        Files.writeString(launcher, text.substring(0, line) + command + "\n" + text.substring(line));
    }

    @Test
    void oneThatCannotTakeOverGivesThePlaceBackAndTheNextOneGetsIt() throws Exception {
        install("2.0", List.of(NEEDED_LATER));
        Ran upgrade = supervised.ctl("upgrade");
        assertThat(upgrade.exitCode()).as(supervised.log()).isEqualTo(1);
        assertThat(upgrade.err())
                .contains(
                        "version 2.0 did not take over: java.lang.NoClassDefFoundError",
                        "version 1.0 runs again: 2 workers");
        assertThat(version()).isEqualTo("1.0");
        supervised.awaitRunning();
        assertThat(supervised.workerPids()).isEqualTo(workers);

        install("3.0", List.of());
        assertThat(supervised.ctl("upgrade").succeeded().out()).startsWith("supervisord 1.0 -> 3.0: 2 workers");
        assertThat(version()).isEqualTo("3.0");
        assertThat(supervised.workerPids()).isEqualTo(workers);
    }

    @Test
    void howAWorkerEndsIsKnownToTheOneThatTookOver() throws Exception {
        install("2.0", List.of());
        supervised.ctl("upgrade").succeeded();
        ProcessHandle.of(workers.get(0)).orElseThrow().destroyForcibly();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(supervised.ask("status").toString())
                        .as(supervised.log())
                        .contains("\"last_exit\":\"was killed by SIGKILL\"", "\"restarts\":1")
                        .containsPattern("\"state\":\"ready\".*\"state\":\"ready\""));
        assertThat(supervised.workerPids())
                .hasSize(2)
                .doesNotContain(workers.get(0))
                .contains(workers.get(1));
    }
}
