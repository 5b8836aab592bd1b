package dev.handover.chaos.load;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Connects from each of a number of source addresses in turn. Where the client closes first, its port stays in
 * TIME_WAIT for 60 s: one address has some 28,000 ports, which 5,000 connections a second would use up in 6 s.
 */
final class SourcedConnector implements Connector {
    private static final int LOOPBACK_SOURCES = 32;

    private final InetSocketAddress target;
    private final List<InetSocketAddress> sources;
    private int next;

    /** @throws UnknownHostException if the target or a source cannot be resolved */
    SourcedConnector(Target target, List<String> sources) throws UnknownHostException {
        this.target = target.resolve();
        this.sources = new ArrayList<>();
        for (String source : sources) {
            this.sources.add(new InetSocketAddress(InetAddress.getByName(source), 0));
        }
        if (sources.isEmpty()
                && this.target.getAddress() instanceof Inet4Address address
                && address.isLoopbackAddress()) {
            for (int i = 1; i <= LOOPBACK_SOURCES; i++) {
                byte[] source = {127, 0, 0, (byte) i};
                this.sources.add(new InetSocketAddress(InetAddress.getByAddress(source), 0));
            }
        }
    }

    @Override
    public SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (!sources.isEmpty()) {
                channel.bind(sources.get(next));
                next = (next + 1) % sources.size();
            }
            channel.connect(target);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}
