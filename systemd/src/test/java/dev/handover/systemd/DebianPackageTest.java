package dev.handover.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.harness.Checkout;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The package for Debian as dpkg installs it, with the real systemctl; the machine keeps nothing of it. */
@Tag("systemd")
@Timeout(600)
class DebianPackageTest {
    private final int port;

    @TempDir
    private Path stage;

    DebianPackageTest() throws IOException {
        this.port = Supervised.freePort();
    }

    @Test
    void isInstalledAndReplacedUnderLoadAndPurgedWithoutATrace() throws Exception {
        prepare();
        try (BootedSystemd systemd = BootedSystemd.boot(stage)) {
            assumeTrue(systemd.run("which", "dpkg").exitCode() == 0, "no dpkg is installed");
            String before = systemd.output(traces());
            install(systemd);
            systemd.output("cp", "/run/stage/handover.toml", "/etc/handover/");
            systemd.output("install", "-D", "/run/stage/test.conf", "/run/systemd/system/handover.service.d/test.conf");
            systemd.output("systemctl", "daemon-reload");
            systemd.output("systemctl", "start", "handover");

            assertThat(systemd.output("handoverctl", "status")).contains("web: running, generation 1 serves");
            assertThat(systemd.output("handoverctl", "--help")).startsWith("Usage: handoverctl ");
            String supervisor = systemd.output("systemctl", "show", "-P", "MainPID", "handover");
            assertThat(systemd.output("cat", "/proc/" + supervisor + "/maps"))
                    .contains("/usr/lib/handover/lib/jni/", "/SupervisordMain")
                    .doesNotContain("/tmp/");

            Load load = new Load(port);
            assertThat(install(systemd)).doesNotContain("still runs the version before");
            assertThat(systemd.output("handoverctl", "status")).contains("web: running, generation 1 serves");
            Load.Outcome outcome = load.end();
            assertThat(outcome.failures()).isEmpty();
            assertThat(outcome.repliesByGeneration()).containsOnlyKeys(1);
            assertThat(systemd.output("systemctl", "show", "-P", "MainPID", "handover"))
                    .isEqualTo(supervisor);

            systemd.output("dpkg", "--purge", "handover");
            assertThat(systemd.output(traces())).isEqualTo(before);
            assertThat(systemd.run("getent", "passwd", "handover").out()).isEmpty();
            assertThat(systemd.run("pgrep", "-f", "/run/stage/http-worker.jar").out())
                    .isEmpty();
        }
    }

    private void prepare() throws IOException {
        Path packages = Checkout.file("systemd/package/target");
        assumeTrue(Files.isDirectory(packages), "there is no package to test; 'mvn verify -Ppackage' makes one");
        Files.setPosixFilePermissions(stage, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (DirectoryStream<Path> made = Files.newDirectoryStream(packages, "handover_*_all.deb")) {
            Iterator<Path> all = made.iterator();
            assumeTrue(all.hasNext(), "there is no package to test; 'mvn verify -Ppackage' makes one");
            Files.copy(all.next(), stage.resolve("handover.deb"));
        }
        Files.copy(Checkout.exampleJar("http-worker"), stage.resolve("http-worker.jar"));
        Files.writeString(stage.resolve("handover.toml"), """
                [services.web]
                command = ["%s", "-XX:TieredStopAtLevel=1", "-jar", "/run/stage/http-worker.jar"]
                listen = ["tcp://127.0.0.1:%d"]
                """.formatted(Checkout.java(), port));
        Files.writeString(stage.resolve("test.conf"), """
                [Service]
                Environment=JAVA_HOME=%s
                StandardOutput=append:/run/stage/supervisord.log
                StandardError=append:/run/stage/supervisord.log
                """.formatted(System.getProperty("java.home")));
    }

    /** Without asking for a Java runtime of Debian's: there is the one that runs this. */
    private static String install(BootedSystemd systemd) throws IOException, InterruptedException {
        return systemd.run("dpkg", "--install", "--force-depends", "/run/stage/handover.deb")
                .succeeded()
                .toString();
    }

    private static String[] traces() {
        return new String[] {
            "find",
            "/usr",
            "/etc",
            "/opt",
            "/var/lib",
            "/var/cache",
            "/run/systemd/units",
            "-name",
            "*handover*",
            "-not",
            "-path",
            "*/stage/*"
        };
    }
}
