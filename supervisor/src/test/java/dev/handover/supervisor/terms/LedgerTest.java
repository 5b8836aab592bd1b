package dev.handover.supervisor.terms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.handover.supervisor.terms.Ledger.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final ListenAddress TCP = ListenAddress.parse("tcp://127.0.0.1:80");
    private static final ListenAddress UDP = ListenAddress.parse("udp://[::1]:53");

    @Test
    void connectionsLeftInAQueueAreCounted() {
        assertThat(ledger(group(TCP, 3)).verdict()).isEqualTo("not lossless: 3 left at release");
    }

    @Test
    void datagramsLeftInAQueueAreLostButTheirNumberIsNotKnown() {
        Ledger ledger = ledger(group(TCP, 0), group(UDP, 832));
        assertThat(ledger.isLossless()).isFalse();
        assertThat(ledger.verdict()).isEqualTo("not lossless: udp://[::1]:53: datagrams left in the queue at release");
    }

    @Test
    void nothingIsSaidOfHandshakesAndConnectionsWhereThereAreNone() {
        assertThat(ledger(group(UDP, 832)).toString())
                .contains("datagrams that waited took up to 5 bytes of kernel memory after the flip, 832 at release")
                .doesNotContain("handshake", "cut", "accepted");
        assertThat(group(UDP, 0).progress()).doesNotContain("handshake");
    }

    private static Ledger.Group group(ListenAddress address, long left) {
        return new Ledger.Group(address, 0, 5, 0, 0, left, 2);
    }

    private static Ledger ledger(Ledger.Group... groups) {
        return new Ledger(Mode.STEERED, "", List.of(groups), Ledger.Counters.ZERO, List.of());
    }
}
