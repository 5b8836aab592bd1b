package dev.handover.chaos.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SynsSentAgainTest {
    @Test
    void theKernelsCounterIsFoundByItsName() throws IOException {
        assertThat(SynsSentAgain.parse(List.of(
                        "TcpExt: SyncookiesSent TCPSynRetrans TCPOrigDataSent",
                        "TcpExt: 1 23 4",
                        "IpExt: InNoRoutes TCPSynRetrans",
                        "IpExt: 5 6")))
                .isEqualTo(23);
        assertThat(SynsSentAgain.count()).isNotNegative();
    }

    @Test
    void aClientThatStoodStillWasNotDelayedByASyn() {
        Tally tally = new Tally(0);
        for (int i = 0; i < 3; i++) {
            tally.connected(TimeUnit.SECONDS.toNanos(1));
        }
        LoadOptions options = LoadOptions.of(new Target("127.0.0.1", 1), Mode.LINE, 1, Duration.ofSeconds(3));
        assertThat(tally.result(options, 0).delayed()).isZero();
        assertThat(tally.result(options, 2).delayed()).isEqualTo(2);
    }

    @Test
    void whereItIsMissingThatIsSaid() {
        assertThatThrownBy(() -> SynsSentAgain.parse(List.of("TcpExt: SyncookiesSent", "TcpExt: 1")))
                .hasMessage("no TCPSynRetrans in /proc/net/netstat");
    }
}
