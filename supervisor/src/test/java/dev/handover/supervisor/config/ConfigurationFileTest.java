package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.DrainBy;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ReadyWhen;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Signal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
    private static final ServiceName WEB = new ServiceName("web");

    @TempDir
    private Path folder;

    @Test
    void absentKeysHaveDefaults() throws IOException {
        assertThat(valid("""
                [services.web]
                command = ["sh"]
                """))
                .isEqualTo(configuration(
                        Path.of("/run/handover/control.sock"),
                        Path.of("/run/handover"),
                        new ServiceSpec(
                                WEB,
                                List.of("sh"),
                                folder,
                                Map.of(),
                                List.of(),
                                1,
                                ReadyWhen.NOTIFIED,
                                Duration.ofSeconds(30),
                                new DrainBy.Protocol(),
                                Signal.TERM,
                                Moving.STEERED,
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(5),
                                Optional.empty())));
    }

    @Test
    void everyKeyIsRead() throws IOException {
        Files.createDirectory(folder.resolve("bin"));
        assertThat(valid("""
                [supervisor]
                control = "sockets/c.sock"
                state = "/var/lib/web"

                [services.web]
                command = ["sh", "-c", "exit ${HANDOVER_WORKER}"]
                directory = "./bin"
                environment = { GREETING = "hi", HOME = "${HOME}" }
                listen = ["tcp://127.0.0.1:8080", "udp://[::]:53?dual-stack"]
                workers = 2
                ready = "listening"
                ready-timeout = "500ms"
                drain = "SIGUSR1"
                stop-signal = "SIGINT"
                handover = "plain"
                quiesce-timeout = "3s"
                drain-timeout = "2m"
                kill-grace = "1s"
                heartbeat-timeout = "1h"
                """))
                .isEqualTo(configuration(
                        folder.resolve("sockets/c.sock"),
                        Path.of("/var/lib/web"),
                        new ServiceSpec(
                                WEB,
                                List.of("sh", "-c", "exit ${HANDOVER_WORKER}"),
                                folder.resolve("bin"),
                                Map.of("GREETING", "hi", "HOME", "${HOME}"),
                                List.of(
                                        ListenAddress.parse("tcp://127.0.0.1:8080"),
                                        ListenAddress.parse("udp://[::]:53?dual-stack")),
                                2,
                                ReadyWhen.LISTENING,
                                Duration.ofMillis(500),
                                new DrainBy.BySignal(Signal.USR1),
                                Signal.INT,
                                Moving.PLAIN,
                                Duration.ofSeconds(3),
                                Duration.ofMinutes(2),
                                Duration.ofSeconds(1),
                                Optional.of(Duration.ofHours(1)))));
    }

    @Test
    void severalServicesAreReadFromAnyFormOfTable() throws IOException {
        assertThat(valid("""
                services.one = { command = ["sh"] }

                [services.two.environment]
                A = "b"

                [services.two]
                command = [
                    "sh",  # with a comment
                ]

                [services."three.eu"]
                command = ["sh"]
                """).services().keySet())
                .extracting(ServiceName::value)
                .containsExactly("one", "three.eu", "two");
    }

    @Test
    void specificAddressBesideAWildcardIsNoConflict() throws IOException {
        assertThat(valid("""
                [services.web]
                command = ["sh"]
                listen = ["tcp://0.0.0.0:80", "tcp://127.0.0.1:80", "udp://0.0.0.0:80", "tcp://[::]:80"]
                """).services().get(WEB).listen()).hasSize(4);
    }

    @Test
    void parentFolderIsLeftToTheKernelSoThatSymbolicLinksMeanWhatTheyDoElsewhere() throws IOException {
        Files.createDirectories(folder.resolve("releases/2/app"));
        Files.createDirectory(folder.resolve("releases/shared"));
        Files.createSymbolicLink(folder.resolve("current"), folder.resolve("releases/2"));
        assertThat(valid("""
                [services.web]
                command = ["sh"]
                directory = "current/../shared"
                """).services().get(WEB).directory().toRealPath())
                .isEqualTo(folder.resolve("releases/shared").toRealPath());
    }

    @Test
    void folderOfAFileNamedRelativelyIsAbsoluteAndPlain() throws IOException {
        Path file = Files.writeString(
                folder.resolve("a.toml"), "[services.web]\ncommand = [\"sh\"]\ndirectory = \"./.\"\n");
        Path relative =
                Path.of("").toAbsolutePath().relativize(file.resolveSibling(".").resolve("a.toml"));
        ConfigurationFile.Result result = ConfigurationFile.read(relative, Map.of());
        Path directory = ((ConfigurationFile.Valid) result)
                .configuration()
                .services()
                .get(WEB)
                .directory();
        assertThat(directory).isAbsolute();
        assertThat(directory + "/").doesNotContain("/./");
        assertThat(directory.toRealPath()).isEqualTo(folder.toRealPath());
    }

    @Test
    void controlPathMayHave87BytesAndNoMore() throws IOException {
        String text = "supervisor.control = \"/" + "é".repeat(43) + "%s\"\n[services.web]\ncommand = [\"sh\"]\n";
        assertThat(valid(text.formatted("")).control().toString().getBytes(StandardCharsets.UTF_8))
                .hasSize(87);

        Path file = Files.writeString(folder.resolve("a.toml"), text.formatted("x"));
        assertThat(ConfigurationFile.read(file, Map.of())).isInstanceOf(ConfigurationFile.Invalid.class);
    }

    @Test
    void byteOrderMarkAndWindowsLineEndsAreTaken() throws IOException {
        assertThat(valid("\ufeff[services.web]\r\ncommand = [\"sh\"]\r\n").services())
                .containsOnlyKeys(WEB);
    }

    @Test
    void whatAServiceLacksOnThisMachineKeepsNoOtherFromBeingRead() throws IOException {
        Path file = Files.writeString(folder.resolve("handover.toml"), """
                [services.gone]
                command = ["sh"]
                directory = "gone"
                [services.web]
                command = ["sh"]
                """);
        ConfigurationFile.Result result = ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin"));
        assertThat(result).isInstanceOf(ConfigurationFile.Valid.class);
        assertThat(((ConfigurationFile.Valid) result).configuration().services())
                .containsOnlyKeys(WEB, new ServiceName("gone"));
        assertThat(((ConfigurationFile.Valid) result).text())
                .isEqualTo(file + ":3:1: services.gone.directory: there is no folder " + folder.resolve("gone"));
    }

    @Test
    void fileIsNamedThroughTheLinkThatTheShellWentThrough() throws IOException {
        Path here = Path.of("").toRealPath();
        Path link = Files.createSymbolicLink(folder.resolve("current"), here);
        Path file = Path.of("handover.toml");
        assertThat(ConfigurationFile.named(file, Map.of("PWD", link.toString())))
                .isEqualTo(link.resolve(file));
    }

    @Test
    void shellsWordOfAnotherFolderCountsForNothing() {
        Path file = Path.of("handover.toml");
        for (String pwd : List.of(folder.toString(), folder.resolve("gone").toString(), "relative", "")) {
            assertThat(ConfigurationFile.named(file, Map.of("PWD", pwd))).isEqualTo(file.toAbsolutePath());
        }
        assertThat(ConfigurationFile.named(folder.resolve(file), Map.of("PWD", "/")))
                .isEqualTo(folder.resolve(file));
    }

    private Configuration valid(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("handover.toml"), text);
        ConfigurationFile.Result result =
                ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin", "RUNTIME_DIRECTORY", "/run/handover"));
        assertThat(result).isInstanceOf(ConfigurationFile.Valid.class);
        return ((ConfigurationFile.Valid) result).configuration();
    }

    private static Configuration configuration(Path control, Path state, ServiceSpec service) {
        return new Configuration(control, state, new TreeMap<>(Map.of(service.name(), service)));
    }
}
