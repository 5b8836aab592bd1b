package dev.handover.supervisor.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.handover.supervisor.terms.Ledger.Counters;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelSettingsTest {
    @Test
    void settingsThatThisKernelHasAreRead() {
        assertThat(KernelSettings.tcpMigrateReq().orElse(0)).isBetween(0, 1);
        assertThat(KernelSettings.ptraceScope().orElse(0)).isBetween(0, 3);
    }

    @Test
    void tcpCountersAreFoundByNameAndMissingOnesAreZero() {
        Counters earlier = TcpCounters.parse(List.of(
                "TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPMigrateReqSuccess",
                "TcpExt: 1 2 3 4",
                "IpExt: InNoRoutes",
                "IpExt: 5"));
        assertThat(earlier).isEqualTo(new Counters(2, 3, 4, 0));
        assertThat(new Counters(12, 3, 5, 1).since(earlier)).isEqualTo(new Counters(10, 0, 1, 1));
        assertThatThrownBy(() -> TcpCounters.parse(List.of("TcpExt: ListenDrops", "TcpExt: 1 2")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countersOfThisHostAreRead() throws Exception {
        Counters now = TcpCounters.read();
        assertThat(now.listenDrops()).isGreaterThanOrEqualTo(now.listenOverflows());
    }
}
