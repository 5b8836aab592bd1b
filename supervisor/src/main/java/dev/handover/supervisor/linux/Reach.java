package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where packets of this host reach a group. One at a wildcard has all addresses of its family, and does not get the packets to
 * those at which a more particular socket listens.
 */
final class Reach {
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private Reach() {}

    /**
     * A place where they do at this moment.
     *
     * @throws Unreached if there is none
     */
    static InetSocketAddress of(ListenAddress group) throws IOException {
        return of(group, host -> true);
    }

    /** The same, for packets from a source. */
    static InetSocketAddress of(ListenAddress group, InetAddress source) throws IOException {
        return of(group, host -> host instanceof Inet6Address == source instanceof Inet6Address);
    }

    private static InetSocketAddress of(ListenAddress group, Predicate<InetAddress> which) throws IOException {
        List<SocketRow> others = others(group);
        Optional<SocketRow> inTheWay = Optional.empty();
        for (InetAddress host : hosts(group, others.size())) {
            inTheWay =
                    others.stream().filter(row -> row.comesBefore(group, host)).findFirst();
            if (inTheWay.isEmpty() && which.test(host)) {
                return new InetSocketAddress(host, group.port());
            }
        }
        throw new Unreached(group, inTheWay.orElseGet(() -> others.get(0)));
    }

    private static List<SocketRow> others(ListenAddress group) throws LinuxException {
        try (SockDiag sockets = new SockDiag()) {
            return sockets.listeners(group.transport(), group.port()).stream()
                    .filter(row -> row.takesClientsOf(group))
                    .toList();
        }
    }

    /** @param others how many sockets may be in the way: of more addresses than that, one is free */
    private static List<InetAddress> hosts(ListenAddress group, int others) throws IOException {
        if (!group.host().isAnyLocalAddress()) {
            return List.of(group.host());
        }
        List<InetAddress> hosts = new ArrayList<>();
        if (group.hasIpv6Clients()) {
            hosts.add(InetAddress.getByAddress(IPV6_LOOPBACK));
            hosts.addAll(others == 0 ? List.of() : ownIpv6());
        }
        for (int i = 0; group.hasIpv4Clients() && i <= others; i++) {
            // All of 127.0.0.0/8 is this host.
            hosts.add(InetAddress.getByAddress(new byte[] {127, 0, (byte) (i >> Byte.SIZE), (byte) (i % 254 + 1)}));
        }
        return hosts;
    }

    private static List<InetAddress> ownIpv6() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(own -> own instanceof Inet6Address && !own.isLinkLocalAddress() && !own.isLoopbackAddress())
                .toList();
    }
}
