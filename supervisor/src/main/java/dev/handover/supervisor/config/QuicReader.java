package dev.handover.supervisor.config;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.QuicSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code quic} of a service. */
final class QuicReader {
    private static final String FORM = "a table such as { tag-offset = 0 }";

    private QuicReader() {}

    /** Empty if it is no such table; then there is a problem. */
    static Optional<QuicSpec> read(Node quic, List<ListenAddress> listen, Moving handover, int workers) {
        Map<String, Node> table = quic.entries(FORM, Key.Table.QUIC.keys(), Key.Table.QUIC.expected());
        if (!quic.isTable()) {
            return Optional.empty();
        }
        if (listen.stream().noneMatch(address -> address.transport() == Transport.UDP)) {
            quic.problem("QUIC comes by UDP, and no such listener is declared; expected a udp:// one in 'listen'");
        }
        if (handover != Moving.STEERED) {
            quic.problem("only a steered handover tells connection ids apart; expected handover = \"steered\"");
        }
        if (workers > QuicSpec.MOST_WORKERS) {
            quic.problem("the connection ids of at most " + QuicSpec.MOST_WORKERS
                    + " workers can be told apart, not of " + workers + "; expected fewer 'workers'");
        }
        int offset = Values.integer(table, Key.TAG_OFFSET, 0, QuicSpec.LAST_TAG_OFFSET);
        Duration quiet = Values.duration(table, Key.QUIET);
        return Optional.of(new QuicSpec(offset, quiet));
    }
}
