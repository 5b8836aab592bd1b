package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.handover.supervisor.terms.Signal;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class SignalActionsTest {
    private static final String[] PROGRAM = {
        "import os, signal, sys, threading",
        "how = sys.argv[1]",
        "def nothing(*_): pass",
        "if how == 'caught': signal.signal(signal.SIGTERM, nothing)",
        "if how == 'ignored': signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "if how in ('blocked', 'waited for'): signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])",
        "if how == 'blocked in a thread':",
        "    def block(): signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]); print(1, flush=True); sys.stdin.read()",
        "    threading.Thread(target=block).start()",
        "else: print(1, flush=True)",
        "if how == 'waited for':",
        "    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0))).start()",
        "    signal.sigwait([signal.SIGTERM])",
        "sys.stdin.read()",
    };

    @ParameterizedTest
    @CsvSource({
        "none, true",
        "caught, false",
        "ignored, false",
        "blocked, false",
        "blocked in a thread, false",
        "waited for, false"
    })
    void onlyWhereNoThreadTakesASignalDoesItDoWhatItDoesByDefault(String how, boolean isDefault) throws Exception {
        String[] lines = Arrays.copyOf(PROGRAM, PROGRAM.length + 1);
        lines[PROGRAM.length] = how;
        Process process = Python.start(lines);
        try {
            Python.line(process);
            await().until(() -> SignalActions.isDefault(process.pid(), Signal.TERM) == isDefault);
            assertThat(SignalActions.isDefault(process.pid(), Signal.USR1))
                    .as("which signals a thread waits for is not told")
                    .isEqualTo(!how.equals("waited for"));
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(SignalActions.isDefault(process.pid(), Signal.TERM)).isFalse();
    }
}
