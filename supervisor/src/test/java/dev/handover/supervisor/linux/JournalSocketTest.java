package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class JournalSocketTest {
    @TempDir
    private Path folder = Path.of("/");

    @Test
    void anEntryIsADatagramAndOneTooLongIsAnErrorThatSaysSo() throws Exception {
        Path path = folder.resolve("socket");
        Process journal = Python.start(
                "import socket, sys",
                "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
                "s.bind(sys.argv[1])",
                "print('bound', flush=True)",
                "print(s.recv(4096))",
                path.toString());
        assertThat(Python.line(journal)).isEqualTo("bound");
        try (JournalSocket socket = JournalSocket.open(path).orElseThrow()) {
            assertThatThrownBy(() -> socket.send(new byte[64 << 20])).hasMessageContaining("EMSGSIZE");
            socket.send("MESSAGE=hello\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(Python.line(journal)).isEqualTo("b'MESSAGE=hello\\n'");
    }

    @Test
    void whereThereIsNoJournalThereIsNone() {
        assertThat(JournalSocket.open(folder.resolve("socket"))).isEmpty();
    }

    @Test
    void standardErrorIsTheJournalsOnlyWhereItIsThatVeryStream() {
        assertThat(JournalSocket.hasStandardError(Map.of())).isFalse();
        assertThat(JournalSocket.hasStandardError(Map.of("JOURNAL_STREAM", "1:2")))
                .isFalse();
    }
}
