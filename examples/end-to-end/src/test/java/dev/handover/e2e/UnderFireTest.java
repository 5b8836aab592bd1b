package dev.handover.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.chaos.FaultsRun;
import dev.handover.chaos.FaultsTable;
import dev.handover.chaos.faults.FaultsOptions;
import dev.handover.chaos.faults.FaultsReport;
import dev.handover.harness.Supervised;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Faults from a seed, while clients connect; with {@code -Dsoak} for an hour, with {@code -Dseed=N} from another one. */
@Isolated("puts the machine under load")
@Tag("chaos")
class UnderFireTest {
    private static final long SEED = Long.getLong("seed", 18);
    private static final Duration DURATION = Chaos.SOAK ? Duration.ofHours(1) : Duration.ofSeconds(15);
    private static final double RATE = 150;

    @Test
    void whateverIsLostWasHeldByWhoWasKilled() throws Exception {
        FaultsOptions options =
                new FaultsOptions(SEED, 1, DURATION, "127.0.0.1", Supervised.freePort(), Supervised.freePort());
        FaultsReport report = FaultsRun.run(options, RATE, null, System.out::println);
        System.out.println(FaultsTable.of(report));
        assertThat(report.isUntrusted()).as(FaultsTable.of(report)).isFalse();
        assertThat(report.hasFailed()).as(FaultsTable.of(report)).isFalse();
    }
}
