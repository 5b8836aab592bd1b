package dev.handover.supervisor.witness;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where the connections of a service's clients are listed. By port: the local address of a client at a wildcard is like
 * anybody's. IPv4 clients of an AF_INET6 listener are listed among the IPv6 ones.
 */
record Place(boolean ipv6, int port) {
    static Set<Place> of(Collection<ListenAddress> listen, SockDiag sockets) {
        return listen.stream()
                .filter(address -> address.transport() == Transport.TCP)
                .flatMap(ListenAddress::groups)
                .filter(group -> !group.isMapped() || isListened(group, sockets))
                .map(group -> new Place(group.isIpv6(), group.port()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** To list the connections of one more place takes as long again, and few services have them there. */
    private static boolean isListened(ListenAddress group, SockDiag sockets) {
        try {
            return !sockets.listeners(group).isEmpty();
        } catch (LinuxException unknown) {
            return true;
        }
    }
}
