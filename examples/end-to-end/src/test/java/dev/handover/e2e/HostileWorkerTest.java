package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handover.harness.Ran;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that says what could deceive who reads it, does wrong without end, and has secrets; and who only monitors. */
@Timeout(300)
class HostileWorkerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SECRET = "geheim-im-text";
    private static final String IN_FILE = "geheim-in-der-datei";
    private static final int MONITORS = 54321;
    private static final int NOBODY = 65534;

    /** ESC and CSI, a turn of the text, and a line's end of Unicode's: by its status, on its output, in a message that is wrong. */
    private static final String HOSTILE = """
            import os, socket
            said = "\\x1b[2J\\x1b]0;me\\x07 \\x9b31m \\u202e \\u2028 all is lost".encode()
            os.write(1, b"out " + said + b"\\n")
            link = socket.socket(socket.AF_UNIX)
            link.connect(os.environ["HANDOVER_SOCKET"])
            link.sendall(b"HELLO=1\\nSTATUS=" + said + b"\\n" + 3000 * (b"NONSENSE=" + said + b"\\n") + b"READY=1\\n")
            heard = b""
            while b"DRAIN=" not in heard:
                more = link.recv(65536)
                if not more:
                    break
                heard = (heard + more)[-100:]
            """;

    private static final Pattern ORDER = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n\t]]");

    private static final String MONITOR = """
            import os, socket, sys
            os.setgroups([int(sys.argv[2])])
            os.setgid(int(sys.argv[3]))
            os.setuid(int(sys.argv[3]))
            link = socket.socket(socket.AF_UNIX)
            try:
                link.connect(sys.argv[1])
            except OSError as e:
                print(e)
                sys.exit()
            link.sendall(b'{"id":"1","method":"status"}\\n{"id":"2","method":"reload"}\\n{"id":"3","method":"shutdown"}\\n')
            link.shutdown(socket.SHUT_WR)
            for line in link.makefile("r"):
                print(line, end="")
            """;

    @TempDir
    Path folder;

    private String services(String password) throws IOException {
        Path program = Files.writeString(folder.resolve("hostile.py"), HOSTILE);
        Path file = Files.writeString(folder.resolve("secret.env"), "TOKEN=" + IN_FILE + "\n");
        return """
                monitor-group = "%d"

                [services.web]
                command = ["python3", "%s"]
                environment = { PASSWORD = %s }
                environment-file = "%s"
                """.formatted(MONITORS, program, password, file);
    }

    @Test
    void nothingThatIsShownSteersATerminalOrTellsASecretAndTheLogIsNotFilled() throws Exception {
        try (Supervised supervised = Supervised.start(services("\"" + SECRET + "\""))) {
            StringBuilder shown = new StringBuilder();
            for (List<String> words : List.of(
                    List.of("status"),
                    List.of("--json", "status"),
                    List.of("reload"),
                    List.of("--json", "reload"),
                    List.of("doctor"))) {
                Ran ran = supervised.ctl(words.toArray(String[]::new));
                shown.append(ran.out()).append(ran.err());
            }
            assertThat(shown).contains("all is lost");
            for (String wrong : List.of("\"geheim-${im-text\"", "20261201", "[\"" + SECRET + "\"]")) {
                supervised.configure(services(wrong));
                Ran ran = supervised.ctl("reload");
                assertThat(ran.exitCode()).isEqualTo(2);
                shown.append(ran.out()).append(ran.err());
                shown.append(supervised.ctl("status").out());
            }
            supervised.configure(services("\"" + SECRET + "\""));
            await().atMost(PATIENCE).until(() -> supervised.log().contains("NONSENSE: unknown key; ignored"));
            String log = supervised.log();
            assertThat(log).contains("out \\u001b[2J\\u001b]0;me\\u0007 \\u009b31m \\u202e \\u2028 all is lost");
            assertThat(log.lines().filter(line -> line.contains("unknown key")).count())
                    .as("of 9000 messages that are wrong")
                    .isLessThan(200);
            shown.append(log);
            assertThat(shown.toString()).doesNotContain(SECRET, IN_FILE, "im-text", "20261201");
            assertThat(ORDER.matcher(shown)
                            .results()
                            .map(order -> Integer.toHexString(order.group().codePointAt(0))))
                    .isEmpty();
            Path state = supervised.folder().resolve("control.sock.state");
            assertThat(state).content().contains(SECRET, IN_FILE);
            for (Path file : List.of(state, supervised.folder().resolve("control.sock.state.lock"))) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as("%s", file)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void whoMonitorsSeesTheStatusAndCanChangeNothingAndOthersSeeNothing() throws Exception {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
        assumeTrue(
                Files.readAllLines(Path.of("/proc/self/uid_map")).stream()
                        .anyMatch(range -> !range.strip().endsWith(" 1")),
                "needs another user");
        try (Supervised supervised = Supervised.start(services("\"x\""))) {
            List<String> answers = asNobody(supervised, MONITORS);
            assertThat(answers).hasSize(3);
            assertThat(answers.get(0)).contains("\"id\":\"2\"", "\"code\":\"forbidden\"", "monitor-group may ask for");
            assertThat(answers.get(1)).contains("\"id\":\"3\"", "\"code\":\"forbidden\"");
            assertThat(answers.get(2))
                    .contains("\"id\":\"1\"", "\"services\":[{\"service\":\"web\",\"state\":\"running\"");
            assertThat(asNobody(supervised, MONITORS + 1)).containsExactly("[Errno 13] Permission denied");
            assertThat(supervised.ctl("status").exitCode()).isZero();
        }
    }

    /** What he is answered, in the order of its beginnings: the status comes from the core, and may come last. */
    private static List<String> asNobody(Supervised supervised, int group) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "python3",
                        "-c",
                        MONITOR,
                        supervised.folder().resolve("control.sock").toString(),
                        Integer.toString(group),
                        Integer.toString(NOBODY))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines()
                .sorted((one, other) -> Boolean.compare(one.contains("\"id\":\"1\""), other.contains("\"id\":\"1\"")))
                .toList();
    }
}
