package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/** Counts the connections that a worker or a descendant of it has accepted on declared addresses and not closed. */
public final class ConnectionProbe {
    /** Connections that a process can still do something with; also those that the client has closed or half closed. */
    private static final Set<SocketState> OPEN = EnumSet.of(
            SocketState.ESTABLISHED,
            SocketState.CLOSE_WAIT,
            SocketState.FIN_WAIT1,
            SocketState.FIN_WAIT2,
            SocketState.CLOSING,
            SocketState.LAST_ACK);

    private final SockDiag sockets;

    public ConnectionProbe(SockDiag sockets) {
        this.sockets = sockets;
    }

    /**
     * Looks once. A connection that one process passes on to another, or that a process leaves to a child it forks, may
     * escape one look; it does not escape the next.
     *
     * @param pid of the worker
     * @throws java.nio.file.AccessDeniedException if the descriptors of the worker, or of a descendant, may not be read
     */
    public int count(long pid, Collection<ListenAddress> declared) throws IOException {
        Set<Long> candidates = new HashSet<>();
        for (ListenAddress address : declared) {
            for (ListenAddress group : address.groups().toList()) {
                // The local address of a client at a wildcard looks like others': the port tells. IPv4 clients of an
                // AF_INET6 listener are listed among the IPv6 sockets.
                candidates.addAll(inodes(group.transport(), group.isIpv6(), group.port()));
            }
        }
        Set<Long> own = new HashSet<>();
        if (!candidates.isEmpty()) {
            for (long process : Processes.withDescendants(pid)) {
                own.addAll(ProcessSockets.held(process, candidates).keySet());
            }
        }
        return own.size();
    }

    private Set<Long> inodes(Transport transport, boolean ipv6, int port) throws LinuxException {
        Set<SocketState> states = transport == Transport.TCP ? OPEN : EnumSet.of(SocketState.ESTABLISHED);
        Set<Long> inodes = new HashSet<>();
        for (SocketRow row : sockets.dump(transport, ipv6, states, port)) {
            if (row.inode() != 0) {
                inodes.add(row.inode());
            }
        }
        return inodes;
    }
}
