package dev.handover.systemd;

import dev.handover.harness.Checkout;
import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Handover as the unit file expects it, in a systemd of its own: the tree, a user, a configuration, the unit. */
final class InstalledTree {
    private final BootedSystemd systemd;
    private final Path stage;
    private final int port;

    private InstalledTree(BootedSystemd systemd, Path stage, int port) {
        this.systemd = systemd;
        this.stage = stage;
        this.port = port;
    }

    /** Puts what is to be installed into the folder. */
    static void prepare(Path stage) throws IOException {
        Files.setPosixFilePermissions(stage, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(Checkout.exampleJar("http-worker"), stage.resolve("http-worker.jar"));
        Files.copy(Checkout.supervisorJar(), stage.resolve("handover-supervisor.jar"));
        Files.createDirectory(stage.resolve("bin"));
        try (DirectoryStream<Path> launchers = Files.newDirectoryStream(Checkout.file("supervisor/bin"))) {
            for (Path launcher : launchers) {
                Files.copy(launcher, stage.resolve("bin").resolve(launcher.getFileName()));
            }
        }
        for (String unit : List.of("handover.service", "handover-leftovers@.service")) {
            Files.copy(Checkout.file("systemd/" + unit), stage.resolve(unit));
        }
    }

    static InstalledTree install(BootedSystemd systemd, Path stage) throws IOException, InterruptedException {
        // What the unit file leaves to the machine: which JDK, and where the output goes where no journal runs.
        // A watchdog of 4 s is one whose beat, and whose bite, a test can wait for.
        Files.writeString(stage.resolve("test.conf"), """
                [Service]
                Environment=JAVA_HOME=%s
                StandardOutput=append:/run/stage/supervisord.log
                StandardError=append:/run/stage/supervisord.log
                WatchdogSec=4s
                """.formatted(javaHome()));
        systemd.output("sh", "-euc", """
                cd /run/stage
                useradd --system --home-dir /var/lib/handover --shell /usr/sbin/nologin handover
                install -D -t /opt/handover/bin bin/*
                install -D -m 644 -t /opt/handover/lib handover-supervisor.jar
                install -D -m 644 -t /etc/systemd/system *.service
                install -D -m 644 -t /etc/systemd/system/handover.service.d test.conf
                mkdir /etc/handover
                systemctl daemon-reload
                """);
        Ran java = systemd.run("setpriv", "--reuid=handover", "--clear-groups", javaHome() + "/bin/java", "-version");
        Assumptions.assumeTrue(java.exitCode() == 0, () -> "the user handover can't run this JDK: " + java);
        return new InstalledTree(systemd, stage, Supervised.freePort());
    }

    /** Makes this the command of the one service's two workers. */
    void configure(List<String> command) throws IOException, InterruptedException {
        String words = String.join("\", \"", command);
        writeConfiguration("""
                [services.web]
                command = ["%s"]
                listen = ["tcp://127.0.0.1:%d"]
                workers = 2
                drain-timeout = "80s"
                """.formatted(words, port));
    }

    void writeConfiguration(String text) throws IOException, InterruptedException {
        Files.writeString(stage.resolve("handover.toml"), text);
        systemd.output("cp", "/run/stage/handover.toml", "/etc/handover/handover.toml");
    }

    /** Sets one thing in the unit, until systemd ends. */
    void setInUnit(String assignment) throws IOException, InterruptedException {
        systemd.output("sh", "-euc", """
                mkdir -p /run/systemd/system/handover.service.d
                printf '[Service]\\n%s\\n' >/run/systemd/system/handover.service.d/set.conf
                systemctl daemon-reload
                """.formatted(assignment));
    }

    Ran supervisorctl(String... words) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("env", "JAVA_HOME=" + javaHome(), "/opt/handover/bin/supervisorctl"));
        command.addAll(List.of(words));
        return systemd.run(command.toArray(String[]::new));
    }

    List<String> httpWorker() {
        return List.of(javaHome() + "/bin/java", "-XX:TieredStopAtLevel=1", "-jar", "/run/stage/http-worker.jar");
    }

    int port() {
        return port;
    }

    String log() throws IOException {
        Path log = stage.resolve("supervisord.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private static String javaHome() {
        return System.getProperty("java.home");
    }
}
