package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.NetworkChannel;

/**
 * A port of this host that connections to one of its addresses can be made from, so that the group's program knows them: see
 * {@link Choice#doors}. As long as it is open, the kernel gives the port to nobody that does not ask for it by its number.
 */
public final class Door implements AutoCloseable {
    private final InetSocketAddress target;
    private final NetworkChannel holds;
    private final InetSocketAddress source;

    private Door(InetSocketAddress target, NetworkChannel holds, InetSocketAddress source) {
        this.target = target;
        this.holds = holds;
        this.source = source;
    }

    /**
     * Where connections of this host reach an address now.
     *
     * @throws Unreached if they don't
     */
    public static InetSocketAddress target(ListenAddress address) throws IOException {
        return Reach.of(address);
    }

    /**
     * @param target of the address
     * @throws IOException if no port is to be had
     */
    public static Door open(ListenAddress address, InetSocketAddress target) throws IOException {
        NetworkChannel holds = HostSender.open(address, new InetSocketAddress(target.getAddress(), 0));
        return new Door(target, holds, (InetSocketAddress) holds.getLocalAddress());
    }

    /** What a connection is to be bound to, with SO_REUSEADDR. */
    public InetSocketAddress source() {
        return source;
    }

    /** Where it then reaches the address. */
    public InetSocketAddress target() {
        return target;
    }

    @Override
    public void close() {
        try {
            holds.close();
        } catch (IOException e) {
            // A socket that sends nothing, and whose port the kernel takes back all the same.
        }
    }

    @Override
    public String toString() {
        return "from " + source + " to " + target;
    }
}
