package dev.handover.supervisor.http;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.linux.SocketState;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many connections are open at some addresses, as the kernel lists them: whose program does not say, too, and whichever
 * generation has them. Many take the kernel time to list, so it is asked the more seldom the longer that takes.
 */
final class OpenConnections implements AutoCloseable {
    private static final Set<SocketState> OPEN = EnumSet.of(SocketState.ESTABLISHED, SocketState.CLOSE_WAIT);

    /** What was found is good for so many times as long as it took to find it. */
    private static final int SELDOM = 250;

    private final SockDiag sockets;
    private Map<ListenAddress, Long> last = Map.of();
    private long until = System.nanoTime();

    OpenConnections() throws LinuxException {
        sockets = new SockDiag();
    }

    /** By address; without those of UDP, which has none. */
    synchronized Map<ListenAddress, Long> at(Collection<ListenAddress> addresses) throws LinuxException {
        long now = System.nanoTime();
        if (now - until >= 0 || !last.keySet().containsAll(ofTcp(addresses))) {
            Map<ListenAddress, Long> found = new HashMap<>();
            for (ListenAddress address : ofTcp(addresses)) {
                found.put(address, count(address));
            }
            last = found;
            until = System.nanoTime() + Math.max(Asked.GOOD.toNanos(), (System.nanoTime() - now) * SELDOM);
        }
        return last;
    }

    private static Set<ListenAddress> ofTcp(Collection<ListenAddress> addresses) {
        TreeMap<String, ListenAddress> declared = new TreeMap<>();
        addresses.stream()
                .filter(address -> address.transport() == Transport.TCP)
                .map(ListenAddress::declared)
                .forEach(address -> declared.put(address.toString(), address));
        return Set.copyOf(declared.values());
    }

    private long count(ListenAddress address) throws LinuxException {
        long[] open = new long[1];
        boolean any = address.address().isAnyLocalAddress();
        // Those of an IPv4 client are listed as IPv6's where the listener is of AF_INET6.
        for (boolean ipv6 : address.isIpv6() ? new boolean[] {true} : new boolean[] {false, true}) {
            sockets.connections(ipv6, address.port(), OPEN, seen -> {
                InetAddress local = seen.addresses().local();
                boolean there = any
                        ? local instanceof Inet4Address ? address.hasIpv4Clients() : address.hasIpv6Clients()
                        : local.equals(address.host());
                if (there && seen.inode() != 0) { // one without an inode waits to be accepted
                    open[0]++;
                }
            });
        }
        return open[0];
    }

    @Override
    public void close() {
        sockets.close();
    }
}
