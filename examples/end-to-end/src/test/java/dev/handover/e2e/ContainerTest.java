package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Each generation a container of its own, as examples/container/runc has it: one image takes over from another. */
@Isolated("puts the machine under load")
@Tag("chaos")
class ContainerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration DURATION = Duration.ofSeconds(4);
    private static final double RATE = 200;
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    @TempDir
    Path folder;

    private int port;
    /** No other run's: runc keeps one list of containers. */
    private String service;

    @BeforeEach
    void copyTheExample() throws Exception {
        Chaos.needs("runc");
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(Files.isExecutable(PYTHON), "needs " + PYTHON);
        port = Supervised.freePort();
        service = "web-" + port;
        Path example = Checkout.example("container/runc");
        Files.copy(example.resolve("run"), folder.resolve("run"));
        for (String image : List.of("v1", "v2")) {
            image(folder.resolve(image), Files.readString(example.resolve("bundle/config.json")));
        }
        Files.createSymbolicLink(folder.resolve("image"), Path.of("v1"));
    }

    /** This machine's programs, and a server that does not set SO_REUSEPORT and says which image it is of. */
    private void image(Path bundle, String config) throws IOException {
        Path root = bundle.resolve("rootfs");
        for (String mountPoint : List.of("proc", "dev", "tmp", "usr")) {
            Files.createDirectories(root.resolve(mountPoint));
        }
        for (String merged : List.of("bin", "lib", "lib64")) {
            Files.createSymbolicLink(root.resolve(merged), Path.of("usr", merged));
        }
        String usr =
                "{ \"destination\": \"/usr\", \"type\": \"none\", \"source\": \"/usr\", \"options\": [\"rbind\", \"ro\"] },";
        Files.writeString(
                bundle.resolve("config.json"),
                config.replace("8086", Integer.toString(port)).replace("\"mounts\": [", "\"mounts\": [" + usr));
        String server = Files.readString(Checkout.example("python/hello.py"));
        Files.createDirectory(root.resolve("srv"));
        Files.writeString(
                root.resolve("srv/hello.py"),
                server.replaceAll(".*SO_REUSEPORT.*\n", "")
                        .replace("from Python", "from " + bundle.getFileName() + ", Python"));
    }

    private String configuration() throws IOException {
        return Files.readString(Checkout.example("container/runc").resolve("handover.toml"))
                .replace("[services.web]", "[services." + service + "]")
                .replace("directory = \".\"", "directory = \"" + folder + "\"")
                .replace("8086", Integer.toString(port));
    }

    @Test
    void aNewImageTakesOverAndNothingIsLostNorLeft() throws Exception {
        try {
            try (Supervised supervised = Supervised.start(configuration())) {
                assertThat(greeting()).startsWith("Hello from v1, ");
                LoadOptions load = LoadOptions.of(new Target("127.0.0.1", port), Mode.BANNER, RATE, DURATION);
                String newImage = "ln -sfn v2 " + folder.resolve("image") + " && " + supervised.reloadCommand();
                ChaosOptions options = ChaosOptions.of(load).withReloads(ReloadOptions.of(1, newImage));
                Chaos.isLossless(Chaos.shown("a new image", ChaosRun.run(options), supervised));
                assertThat(greeting()).startsWith("Hello from v2, ");
                assertThat(containers("running")).containsExactly(service + "-g2-w1");
            }
            assertThat(containers("running")).isEmpty();
        } finally {
            for (String left : containers("")) {
                runc("delete", "--force", left);
            }
        }
    }

    private String greeting() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** @param state of those to name; all if it is empty */
    private List<String> containers(String state) throws Exception {
        return runc("list")
                .lines()
                .filter(line -> line.startsWith(service + "-") && line.contains(state))
                .map(line -> line.split(" ", 2)[0])
                .toList();
    }

    private static String runc(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("runc"));
        command.addAll(List.of(words));
        Ran ran = Ran.run(PATIENCE, command);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return ran.out();
    }
}
