package dev.handover.supervisor.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.CString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class TrialTest {
    private final Path folder;

    TrialTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Trial.Answer of(String script) throws IOException {
        return Trial.of(
                Path.of("/bin/sh"),
                List.of(CString.of("sh"), CString.of("-c"), CString.of(script), CString.of("supervisord")),
                List.of(CString.of("PATH=/usr/bin:/bin")),
                folder);
    }

    @Test
    void whatItAnswersIsRead() throws Exception {
        Trial.Answer answer = of("echo '{\"version\":\"2.0\",\"control\":\"/run/c.sock\",\"state\":\"/var\",\"image\":{"
                + "\"file\":\"/java\",\"words\":[\"java\"],\"environment\":[],\"blocked\":\"4a07\"}}'");
        assertThat(answer.version()).isEqualTo("2.0");
        assertThat(answer.control()).isEqualTo(Path.of("/run/c.sock"));
        assertThat(answer.image().blocked()).isEqualTo(0x4a07);
        assertThat(folder).as("it has an environment, which may be secret").isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            echo first >&2; echo the state is newer >&2; exit 1 | the state is newer (it exited with 1)
            echo no memory; exit 3 | no memory (it exited with 3)
            exit 2 | it exited with 2
            kill -9 $$ | it was killed by SIGKILL
            echo hello | it can't be understood
            """)
    void oneThatDoesNotAnswerIsToldOfByItsLastWord(String script, String why) {
        assertThatThrownBy(() -> of(script)).isInstanceOf(IOException.class).hasMessageStartingWith(why);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void oneThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Trial.of(folder.resolve("gone"), List.of(CString.of("gone")), List.of(), folder))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("there is no file " + folder.resolve("gone"));
    }
}
