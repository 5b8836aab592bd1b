package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncludesTest {
    private static final String SERVICE = "[services.%s]\ncommand = [\"sh\"]\n";

    @TempDir
    private Path folder;

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private ConfigurationFile.Result read(String main) throws IOException {
        write("handover.toml", main);
        return ConfigurationFile.read(folder.resolve("handover.toml"), Map.of("PATH", "/usr/bin:/bin"));
    }

    private SortedMap<ServiceName, ServiceSpec> services(String main) throws IOException {
        ConfigurationFile.Result result = read(main);
        assertThat(result).isInstanceOf(ConfigurationFile.Valid.class);
        assertThat(((ConfigurationFile.Valid) result).text()).isEmpty();
        return ((ConfigurationFile.Valid) result).configuration().services();
    }

    private String problems(String main) throws IOException {
        ConfigurationFile.Result result = read(main);
        assertThat(result).isInstanceOf(ConfigurationFile.Invalid.class);
        return ((ConfigurationFile.Invalid) result).text().replace(folder + "/", "");
    }

    private static ServiceName name(String name) {
        return new ServiceName(name);
    }

    @Test
    void servicesStandInFurtherFilesWhosePathsStartFromTheirOwnFolder() throws IOException {
        write("conf.d/web.toml", SERVICE.formatted("web") + "environment-file = \"web.env\"\ndirectory = \".\"");
        write("conf.d/web.env", "A=b");
        write("conf.d/notes.txt", "no TOML");
        write("conf.d/.hidden.toml", "no TOML");
        write("conf.d/empty.toml", "# nothing yet");
        write("more/api/service.toml", SERVICE.formatted("api"));
        Files.createDirectories(folder.resolve("more/none"));
        Files.writeString(folder.resolve("more/file"), "");
        write("one.toml", SERVICE.formatted("one"));
        SortedMap<ServiceName, ServiceSpec> services = services("""
                [supervisor]
                include = ["conf.d/*.toml", "more/*/service.toml", "./one.toml", "*.toml"]
                [services.main]
                command = ["sh"]
                """);
        assertThat(services).containsOnlyKeys(name("api"), name("main"), name("one"), name("web"));
        assertThat(services.get(name("web")).directory()).isEqualTo(folder.resolve("conf.d"));
        assertThat(services.get(name("web")).fromFiles()).containsEntry("A", "b");
        assertThat(services.get(name("main")).directory()).isEqualTo(folder);
    }

    @Test
    void allServicesMayStandInThem() throws IOException {
        write("web.toml", SERVICE.formatted("web"));
        assertThat(services("supervisor.include = [\"" + folder + "/w?b.toml\"]"))
                .containsOnlyKeys(name("web"));
        assertThat(problems("supervisor.include = [\"a*.toml\"]"))
                .isEqualTo("handover.toml:1:1: services: missing; expected at least one table [services.NAME]");
    }

    @Test
    void problemsAreToldWithTheirFileInTheOrderOfThePaths() throws IOException {
        write("conf.d/a.toml", "[supervisor]\nstate = \"/s\"\n[services.web]\ncommand = [\"sh\"]\nworker = 2\n");
        write("conf.d/b.toml", "[services.broken\n");
        write("conf.d/c.toml", SERVICE.formatted("web") + SERVICE.formatted("main") + "[services.api]\n");
        Files.createSymbolicLink(folder.resolve("conf.d/d.toml"), folder.resolve("gone"));
        assertThat(problems("""
                [supervisor]
                include = ["conf.d/*.toml"]
                [services.main]
                command = []
                """)).isEqualTo("""
                handover.toml:4:1: services.main.command: empty; expected a program and its arguments
                conf.d/a.toml:1:1: supervisor: stands in an included file; expected it in handover.toml alone
                conf.d/a.toml:5:1: services.web.worker: unknown key; did you mean 'workers'?
                conf.d/b.toml:1:17: syntax error: unexpected end of line, expected ]
                conf.d/c.toml:1:1: services.web: there is such a service already (conf.d/a.toml:3)
                conf.d/c.toml:3:1: services.main: there is such a service already (handover.toml:3)
                conf.d/c.toml:5:1: services.api.command: missing; expected a program and its arguments
                conf.d/d.toml: no such file""");
    }

    @Test
    void anAddressOfTwoFilesIsToldWithBoth() throws IOException {
        write("conf.d/a.toml", SERVICE.formatted("a") + "listen = [\"tcp://127.0.0.1:80\"]");
        assertThat(problems("""
                [supervisor]
                include = ["conf.d/a.toml"]
                [services.main]
                command = ["sh"]
                listen = ["tcp://127.0.0.1:80"]
                """))
                .isEqualTo("conf.d/a.toml:3:11: services.a.listen[0]: tcp://127.0.0.1:80 is declared already"
                        + " (services.main.listen[0], handover.toml:5)");
    }

    @Test
    void whatIsMissingRefusesTheWholeSinceItsServicesWouldElseBeRemoved() throws IOException {
        assertThat(problems("""
                [supervisor]
                include = ["gone/*.toml", "gone.toml", "", "handover.toml/*", "[", 7]
                """)).isEqualTo("""
                handover.toml:2:12: supervisor.include[0]: there is no folder gone
                handover.toml:2:27: supervisor.include[1]: there is no file gone.toml
                handover.toml:2:40: supervisor.include[2]: expected a pattern, found the empty string
                handover.toml:2:44: supervisor.include[3]: there is no folder handover.toml
                handover.toml:2:63: supervisor.include[4]: '[' is no pattern; expected one such as "conf.d/*.toml"
                handover.toml:2:68: supervisor.include[5]: expected a pattern, such as "conf.d/*.toml", found the integer 7""");
        assertThat(problems("supervisor.include = \"conf.d\""))
                .isEqualTo("handover.toml:1:1: supervisor.include: expected an array of patterns, such as"
                        + " [\"conf.d/*.toml\"], found the string \"conf.d\"");
    }

    @Test
    void aFolderThatMayNotBeReadIsAProblem() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("conf.d"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        try {
            assumeThat(Files.isReadable(closed))
                    .as("root may read every folder")
                    .isFalse();
            assertThat(problems("supervisor.include = [\"conf.d/*\"]"))
                    .isEqualTo(
                            "handover.toml:1:23: supervisor.include[0]: " + closed + ": this user has no permission");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void whatServicesOfIncludedFilesLackConcernsThemAlone() throws IOException {
        write("conf.d/a.toml", SERVICE.formatted("a") + "directory = \"gone\"");
        ConfigurationFile.Result result = read("supervisor.include = [\"conf.d/*\"]");
        assertThat(((ConfigurationFile.Valid) result).text().replace(folder + "/", ""))
                .isEqualTo("conf.d/a.toml:3:1: services.a.directory: there is no folder conf.d/gone");
    }

    @Test
    void aFilesNameReachesNoTerminalUnescaped() throws IOException {
        write("conf.d/\u001b[2J.toml", "x");
        assertThat(problems("supervisor.include = [\"conf.d/*\"]"))
                .startsWith("conf.d/\\u001b[2J.toml:1:2: syntax error: ");
    }
}
