package dev.handover.supervisor.steering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.SteeringStatus;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service at a wildcard, of whose clients another process gets some. */
@Timeout(300)
class RivalTest {
    private final Workers workers = new Workers();
    private final Steered steering = new Steered();

    @AfterEach
    void close() {
        workers.close();
        steering.close();
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://0.0.0.0:%d, tcp://127.0.0.1:%d",
        "tcp://[::]:%d?dual-stack, tcp://[::1]:%d",
        "tcp://[::]:%d?dual-stack, tcp://0.0.0.0:%d",
        "udp://0.0.0.0:%d, udp://127.0.0.1:%d",
    })
    void theHandoverIsSteeredAndNobodyIsSuspectedButTheRivalIsNamed(String form, String particular) throws Exception {
        ListenAddress address = Workers.free(form);
        ListenAddress taken = ListenAddress.parse(particular.formatted(address.port()));
        steering.flip(1, workers.start(1, 2, "", address), address);
        ProcessId rival = workers.start(9, 1, "", taken).get(Workers.id(9, 1));

        Ledger ledger = steering.handOver(2, 2, workers, address);

        assertThat(ledger.mode()).isEqualTo(Ledger.Mode.STEERED);
        assertThat(ledger.caveats()).isEmpty();
        List<SteeringStatus.Rival> rivals = steering.rivals();
        assertThat(rivals).singleElement().satisfies(one -> {
            assertThat(one.address()).isEqualTo(taken.toString());
            assertThat(one.pid()).isEqualTo(OptionalLong.of(rival.pid()));
            assertThat(one.command()).contains("python3");
        });
        assertThat(steering.warnings())
                .noneMatch(line -> line.contains("another program"))
                .anyMatch(line ->
                        line.startsWith(address + ": what comes to " + taken + " goes to pid " + rival.pid() + ", "));
    }
}
