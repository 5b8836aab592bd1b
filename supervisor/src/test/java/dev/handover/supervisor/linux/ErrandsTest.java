package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.linux.Errands.Ended;
import dev.handover.supervisor.terms.Exit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ErrandsTest {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Path NULL = Path.of("/dev/null");
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path folder = Path.of("/");

    private Errands errands = new Opened().errands;

    /** A field's initial value may not throw. */
    private static final class Opened {
        private final Errands errands;

        Opened() {
            try {
                errands = new Errands();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @BeforeEach
    void takeChildren() {
        Launcher.takeChildren();
    }

    @AfterEach
    void close() {
        errands.close();
    }

    private Ended run(String script, String input, Duration limit) throws IOException {
        Program program = new Program(
                SHELL,
                List.of(CString.of("sh"), CString.of("-c"), CString.of(script)),
                List.of(CString.of("PATH=/usr/bin:/bin")),
                folder,
                NULL,
                NULL);
        return errands.run(program, input.getBytes(StandardCharsets.UTF_8), limit);
    }

    @Test
    void whatItReadsIsTheInputAndItsLastLineIsKept() throws IOException {
        Ended ended = run("cat > in; echo one >&2; echo ' two '; echo", "a\nb\n", LONG);
        assertThat(ended.isDone()).isTrue();
        assertThat(ended.lastLine()).isEqualTo("two");
        assertThat(folder.resolve("in")).hasContent("a\nb\n");
    }

    @Test
    void inputThatIsNotReadAndOutputWithoutAnEndHoldNothingUp() throws IOException {
        Ended ended = run("head -c 3000000 /dev/zero; echo; echo done; exit 3", "x".repeat(3_000_000), LONG);
        assertThat(ended.exit()).isEqualTo(new Exit.Code(3));
        assertThat(ended).hasToString("exited with 3: 'done'");
    }

    @Test
    void oneThatIsNotDoneInTimeIsKilledWithAllThatItStarted() throws IOException {
        Ended ended = run("sleep 1000 & setsid sleep 1000 & echo $! > other; echo at work; wait", "", SHORT);
        assertThat(ended.isDone()).isFalse();
        assertThat(ended).hasToString("was not done within 300 ms: 'at work'");
        long other = Long.parseLong(Files.readString(folder.resolve("other")).strip());
        assertThat(Processes.stat(other)
                        .filter(stat -> stat.state() != 'Z' && stat.command().equals("sleep")))
                .isEmpty();
    }

    @Test
    void oneThatWritesWithoutAnEndIsKilledInTime() throws IOException {
        assertThat(run("yes", "", SHORT)).hasToString("was not done within 300 ms: 'y'");
    }

    @Test
    void whatItLeavesInItsSessionIsEnded() throws IOException {
        assertThat(run("sleep 1000 & echo $! > left", "", LONG).isDone()).isTrue();
        long left = Long.parseLong(Files.readString(folder.resolve("left")).strip());
        assertThat(Processes.stat(left).filter(stat -> stat.state() != 'Z')).isEmpty();
    }

    @Test
    void theEndOfAllKillsWhatIsUnderWayAndBeginsNone() throws IOException {
        Path began = folder.resolve("began");
        CompletableFuture<Ended> ended = CompletableFuture.supplyAsync(() -> {
            try {
                return run("echo > began; sleep 1000", "", LONG);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!Files.exists(began)) {
            Thread.onSpinWait();
        }
        errands.close();
        assertThat(ended.join().isDone()).isFalse();
        assertThatThrownBy(() -> run("true", "", LONG)).hasMessage("the supervisor ends");
    }

    @Test
    void oneThatCantBeStartedIsToldOf() {
        Program none = new Program(folder.resolve("none"), List.of(CString.of("none")), List.of(), folder, NULL, NULL);
        assertThatThrownBy(() -> errands.run(none, new byte[0], LONG)).isInstanceOf(IOException.class);
    }
}
