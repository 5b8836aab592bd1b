package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
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

    private final ListenAddress address;
    /** Holds the source's port from the first packet to the last. */
    private final NetworkChannel source;

    private final PacketMatch match;
    private InetSocketAddress target;

    /** @throws Unreached if no packet of this host would reach the address */
    Probe(ListenAddress address) throws IOException {
        this.address = address;
        target = Reach.of(address);
        source = open(address, new InetSocketAddress(target.getAddress(), 0));
        match = new PacketMatch(address.transport(), (InetSocketAddress) source.getLocalAddress());
    }

    /**
     * Follows who has come to listen at a more particular address since, and would get its packets.
     *
     * @throws Unreached if no packet from its source would reach the address any more
     */
    void aim() throws IOException {
        target = Reach.of(address, target.getAddress());
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
        try (Sent sent = send(number)) {
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

    /** One packet sent, and whether it arrived after all. */
    private interface Sent extends AutoCloseable {
        /** Whether somebody answered it. */
        boolean answered() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** @param number less than {@link PacketMatch#NUMBERS} */
    private Sent send(int number) throws IOException {
        int trafficClass = PacketMatch.trafficClass(number);
        if (source instanceof DatagramChannel udp) {
            udp.setOption(StandardSocketOptions.IP_TOS, trafficClass);
            udp.send(ByteBuffer.allocate(0), target);
            return new Unanswered();
        }
        boolean ipv6 = target.getAddress() instanceof Inet6Address;
        TcpSocket connection = TcpSocket.open(ipv6);
        try {
            // Several sockets on one port, one after the other; none of them listens. A connection that somebody took
            // is
            // reset when it ends, for in TIME_WAIT it would keep the next packet from going the same way.
            connection.set("SO_REUSEADDR", Abi.SOL_SOCKET, Abi.SO_REUSEADDR, 1);
            connection.set("SO_LINGER", Abi.SOL_SOCKET, Abi.SO_LINGER, 1, 0);
            if (ipv6) {
                connection.set("IPV6_UNICAST_HOPS", Abi.IPPROTO_IPV6, Abi.IPV6_UNICAST_HOPS, HOPS);
                connection.set("IPV6_TCLASS", Abi.IPPROTO_IPV6, Abi.IPV6_TCLASS, trafficClass);
            } else {
                connection.set("IP_TTL", Abi.IPPROTO_IP, Abi.IP_TTL, HOPS);
                connection.set("IP_TOS", Abi.IPPROTO_IP, Abi.IP_TOS, trafficClass);
            }
            connection.bind(match.source());
            connection.connect(target);
            return new Connection(connection);
        } catch (LinuxException e) {
            connection.close();
            throw e;
        }
    }

    private record Unanswered() implements Sent {
        @Override
        public boolean answered() {
            return false;
        }

        @Override
        public void close() {}
    }

    private record Connection(TcpSocket socket) implements Sent {
        @Override
        public boolean answered() throws IOException {
            return socket.isAnswered();
        }

        @Override
        public void close() throws IOException {
            try {
                socket.disconnect();
            } finally {
                socket.close();
            }
        }
    }

    /** A source for packets to an address, whose port is nobody else's as long as it is open. */
    static NetworkChannel open(ListenAddress address, InetSocketAddress at) throws IOException {
        ProtocolFamily family =
                at.getAddress() instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        if (address.transport() == Transport.UDP) {
            return DatagramChannel.open(family).bind(at);
        }
        return SocketChannel.open(family)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .bind(at);
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
