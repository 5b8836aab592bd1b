package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Sends packets to an address of this host, from a source of its own; none is meant to arrive. */
final class Probe implements AutoCloseable {
    /** What a TCP probe has left: enough to arrive here, and less than any client's packet that is not at its end. */
    static final int HOPS = 1;

    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private final Sender sender;
    private final PacketMatch match;

    /** @throws Unreached if no packet of this host would reach the address */
    Probe(ListenAddress address) throws IOException {
        this(address.transport(), new HostSender(address));
    }

    /** @param sender is closed with it */
    Probe(Transport transport, Sender sender) {
        this.sender = sender;
        this.match = new PacketMatch(transport, sender.source());
    }

    /**
     * Follows who has come to listen at a more particular address since, and would get its packets.
     *
     * @throws Unreached if no packet from its source would reach the address any more
     */
    void aim() throws IOException {
        sender.aim();
    }

    PacketMatch match() {
        return match;
    }

    /**
     * Sends one packet.
     *
     * @param number what it carries
     * @return which of these listeners, that {@linkplain HeldListener#turnAway turn it away}, have dropped one meanwhile; none
     *     if it arrived after all, or went astray
     */
    List<HeldListener> dropping(int number, Collection<HeldListener> listeners) throws IOException {
        Map<HeldListener, Long> before = new HashMap<>();
        for (HeldListener listener : listeners) {
            before.put(listener, listener.drops());
        }
        long start = System.nanoTime();
        try (Sender.Sent sent = sender.send(number)) {
            while (true) {
                // Asked first: an answer given before the drops were read excludes a drop.
                boolean over = sent.answered() || System.nanoTime() - start > LONGEST_WAIT_NANOS;
                List<HeldListener> dropping = new ArrayList<>();
                for (HeldListener listener : listeners) {
                    if (!Objects.equals(before.get(listener), listener.drops())) {
                        dropping.add(listener);
                    }
                }
                if (dropping.size() == 1) {
                    dropping.get(0).droppedProbe();
                }
                if (over || !dropping.isEmpty()) {
                    return dropping;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Override
    public void close() throws IOException {
        sender.close();
    }
}
