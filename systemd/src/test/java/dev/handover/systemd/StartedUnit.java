package dev.handover.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.harness.Ran;
import dev.handover.systemd.HttpConnection.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The unit file as it stands, an installed tree, a user of its own, and the real systemctl; started before each test. */
@Tag("systemd")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StartedUnit {
    static final Duration LONG_ENOUGH = Duration.ofMinutes(2);

    private static final String UNIT = "handover.service";

    @Nullable
    private BootedSystemd booted;

    BootedSystemd systemd;
    InstalledTree tree;

    @BeforeAll
    void boot(@TempDir Path stage) throws Exception {
        InstalledTree.prepare(stage);
        booted = BootedSystemd.boot(stage);
        systemd = booted;
        tree = InstalledTree.install(systemd, stage);
    }

    @AfterAll
    void takeDown() {
        if (booted != null) {
            booted.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        tree.configure(tree.httpWorker());
        succeeds(systemctl("start"));
    }

    @AfterEach
    void stop() throws Exception {
        systemctl("stop");
        systemctl("reset-failed");
    }

    Reply get() throws IOException {
        return HttpConnection.get(tree.port(), "/");
    }

    Ran systemctl(String verb) throws Exception {
        return systemd.run("systemctl", verb, UNIT);
    }

    String property(String name) throws Exception {
        return systemd.output("systemctl", "show", "--value", "--property", name, UNIT);
    }

    void succeeds(Ran result) throws IOException {
        String log = tree.log();
        assertThat(result.exitCode())
                .as(() -> result + "\nThe supervisor's log:\n" + log)
                .isZero();
    }
}
