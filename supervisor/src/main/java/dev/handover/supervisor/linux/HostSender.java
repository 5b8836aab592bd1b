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

/** A sender on this host, to one of its addresses. */
final class HostSender implements Sender {
    private final ListenAddress address;
    /** Holds the source's port from the first packet to the last. */
    private final NetworkChannel channel;

    private final InetSocketAddress source;
    private InetSocketAddress target;

    /** @throws Unreached if no packet of this host would reach the address */
    HostSender(ListenAddress address) throws IOException {
        this.address = address;
        target = Reach.of(address);
        channel = open(address, new InetSocketAddress(target.getAddress(), 0));
        source = (InetSocketAddress) channel.getLocalAddress();
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
    public InetSocketAddress source() {
        return source;
    }

    @Override
    public void aim() throws IOException {
        target = Reach.of(address, target.getAddress());
    }

    @Override
    public Sent send(int number) throws IOException {
        int trafficClass = PacketMatch.trafficClass(number);
        if (channel instanceof DatagramChannel udp) {
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
                connection.set("IPV6_UNICAST_HOPS", Abi.IPPROTO_IPV6, Abi.IPV6_UNICAST_HOPS, Probe.HOPS);
                connection.set("IPV6_TCLASS", Abi.IPPROTO_IPV6, Abi.IPV6_TCLASS, trafficClass);
            } else {
                connection.set("IP_TTL", Abi.IPPROTO_IP, Abi.IP_TTL, Probe.HOPS);
                connection.set("IP_TOS", Abi.IPPROTO_IP, Abi.IP_TOS, trafficClass);
            }
            connection.bind(source);
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

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
