package dev.handover.chaos.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReloadsTest {
    private static List<ReloadRecord> run(ReloadOptions options, Duration over)
            throws IOException, InterruptedException {
        List<ReloadRecord> told = new ArrayList<>();
        try (Reloads reloads = Reloads.start(options, over, told::add)) {
            List<ReloadRecord> records = reloads.await();
            assertThat(told).isEqualTo(records);
            return records;
        }
    }

    @Test
    void reloadsAreSpreadOverTheLoad() throws Exception {
        List<ReloadRecord> records = run(ReloadOptions.of(2, "echo done"), Duration.ofMillis(600));
        assertThat(records).extracting(ReloadRecord::number).containsExactly(1, 2);
        assertThat(records.get(0).atSeconds()).isGreaterThanOrEqualTo(0.2);
        assertThat(records.get(1).atSeconds()).isGreaterThanOrEqualTo(0.4);
        assertThat(records).noneMatch(ReloadRecord::hasFailed);
    }

    @Test
    void exitCodeAndLastLinesOfBothStreamsAreKept() throws Exception {
        ReloadOptions options = ReloadOptions.of(1, "seq 20; echo why >&2; exit 3");
        ReloadRecord record = run(options, Duration.ofMillis(1)).get(0);
        assertThat(record.exitCode()).isEqualTo(3);
        assertThat(record.hasFailed()).isTrue();
        assertThat(record.timedOut()).isFalse();
        assertThat(record.lastLines()).hasSize(10).endsWith("20", "why");
    }

    @Test
    void reloadThatTakesTooLongIsKilledAndHasFailed() throws Exception {
        ReloadOptions options = ReloadOptions.of(1, "echo $$; sleep 60; true").withTimeout(Duration.ofMillis(200));
        ReloadRecord record = run(options, Duration.ofMillis(1)).get(0);
        assertThat(record.timedOut()).isTrue();
        assertThat(record.hasFailed()).isTrue();
        assertThat(record.exitCode()).isEqualTo(-1);
    }

    @Test
    void whatASuccessfulReloadLeavesRunningIsNeitherAwaitedNorKilled() throws Exception {
        ReloadOptions options = ReloadOptions.of(1, "sleep 60 & echo $!");
        ReloadRecord record = run(options, Duration.ofMillis(1)).get(0);
        ProcessHandle left =
                ProcessHandle.of(Long.parseLong(record.lastLines().get(0))).orElseThrow();
        try {
            assertThat(record.exitCode()).isZero();
            assertThat(left.isAlive()).isTrue();
        } finally {
            left.destroyForcibly();
        }
    }

    @Test
    void commandThatCannotBeStartedIsReported() {
        ReloadOptions options = ReloadOptions.none().withCommand(List.of("/no/such/program"));
        ReloadOptions one = new ReloadOptions(1, options.command(), options.timeout());
        assertThatThrownBy(() -> run(one, Duration.ofMillis(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/program");
    }

    @Test
    void reloadsWithoutACommandAreRefused() {
        assertThatThrownBy(() -> new ReloadOptions(1, List.of(), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
