package dev.handover.supervisor.witness;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where the connections of a service's clients are listed. By port: the local address of a client at a wildcard is like
 * anybody's. IPv4 clients of a dual-stack listener are listed among the IPv6 ones.
 */
record Place(boolean ipv6, int port) {
    static Set<Place> of(Collection<ListenAddress> listen) {
        return listen.stream()
                .filter(address -> address.transport() == Transport.TCP)
                .map(address -> new Place(address.isIpv6(), address.port()))
                .collect(Collectors.toUnmodifiableSet());
    }
}
