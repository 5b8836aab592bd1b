package dev.handover.supervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.NotifySpec;
import dev.handover.supervisor.terms.ServiceName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifyReaderTest {
    private static final String SERVICES = "[services.web]\ncommand = [\"sh\"]\n";

    @TempDir
    private Path folder = Path.of("/");

    private ConfigurationFile.Result read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("handover.toml"), text + SERVICES);
        return ConfigurationFile.read(file, Map.of("PATH", "/usr/bin:/bin", "HOOK", "T0/secret"));
    }

    private String problems(String text) throws IOException {
        return ((ConfigurationFile.Invalid) read(text)).text();
    }

    @Test
    void readsCommandsAndWebhooks() throws IOException {
        ConfigurationFile.Result result = read("""
                [notify.mail]
                command = ["sh", "-c", "mail $HANDOVER_TEXT"]
                [notify.chat]
                url = "https://chat.example/${HOOK}"
                on = ["worker-exited", "reload-failed"]
                services = ["web"]
                timeout = "3s"
                """);
        assertThat(((ConfigurationFile.Valid) result).configuration().notifications())
                .containsExactly(
                        new NotifySpec(
                                "mail",
                                new NotifySpec.Command(List.of("sh", "-c", "mail $HANDOVER_TEXT"), folder),
                                Set.copyOf(NotifyReader.DEFAULT_ON),
                                Set.of(),
                                Duration.ofSeconds(10)),
                        new NotifySpec(
                                "chat",
                                new NotifySpec.Webhook(URI.create("https://chat.example/T0/secret")),
                                Set.of("worker-exited", "reload-failed"),
                                Set.of(new ServiceName("web")),
                                Duration.ofSeconds(3)));
    }

    @Test
    void whatIsWrongIsSaidWithoutWhatIsSecret() throws IOException {
        String problems = problems("""
                [notify.a]
                url = "ftp://x.example/${HOOK}"
                [notify.b]
                url = "https://me:password@x.example/"
                [notify.c]
                url = ["https://x.example/password"]
                [notify.d]
                url = "https://x.example/pass word"
                """);
        assertThat(problems.lines())
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).contains("expected a URL such as"));
        assertThat(problems).doesNotContain("secret", "pass");
    }

    @Test
    void whatNobodyCanBeToldOfIsAProblem() throws IOException {
        assertThat(problems("""
                [notify.a]
                command = ["sh"]
                on = ["notify-failed", "service-dwn"]
                services = ["wbe"]
                [notify.b]
                timeout = "1s"
                """).lines().map(line -> line.replaceFirst("^[^ ]* ", "")))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("notify.a.on[0]: there is no event 'notify-failed'"),
                        line -> assertThat(line).endsWith("did you mean 'service-down'?"),
                        line -> assertThat(line).endsWith("did you mean 'web'?"),
                        line -> assertThat(line).startsWith("notify.b: expected 'command'"));
    }
}
