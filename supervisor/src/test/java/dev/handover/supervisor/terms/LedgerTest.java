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

    @Test
    void queuesThatRanOverCountWhereTheGroupsOwnListenersDroppedSomething() {
        Ledger.Counters overflows = new Ledger.Counters(4, 4, 0, 0);
        assertThat(ledger(overflows, dropping(TCP, 0)).verdict()).isEqualTo("lossless");
        assertThat(ledger(overflows, dropping(TCP, 3)).verdict())
                .isEqualTo(
                        "not shown: accept queues ran over (ListenOverflows), and tcp://127.0.0.1:80 dropped 3 packets");
        assertThat(ledger(Ledger.Counters.ZERO, dropping(TCP, 3)).verdict())
                .as("what is dropped otherwise is sent again, or was never a client's")
                .isEqualTo("lossless");
    }

    @Test
    void datagramsThatWereDroppedAreNotSentAgain() {
        assertThat(ledger(Ledger.Counters.ZERO, dropping(UDP, 1)).verdict())
                .isEqualTo("not shown: udp://[::1]:53 dropped 1 datagram");
    }

    private static Ledger.Group group(ListenAddress address, long left) {
        return new Ledger.Group(address, 0, 5, 0, 0, left, 0, 2);
    }

    private static Ledger.Group dropping(ListenAddress address, long dropped) {
        return new Ledger.Group(address, 0, 5, 0, 0, 0, dropped, 2);
    }

    private static Ledger ledger(Ledger.Group... groups) {
        return ledger(Ledger.Counters.ZERO, groups);
    }

    private static Ledger ledger(Ledger.Counters counters, Ledger.Group... groups) {
        return new Ledger(Mode.STEERED, "", List.of(groups), counters, List.of());
    }
}
