package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;

/**
 * How many hops a packet must have left for a TCP socket to take it: IP_MINTTL (Linux 2.6.34) and IPV6_MINHOPCOUNT (4.3),
 * made for RFC 5082. What has fewer left is dropped in silence, and counted as the socket's drop (tcp_v4_rcv() in
 * net/ipv4/tcp_ipv4.c, tcp_v6_rcv() in net/ipv6/tcp_ipv6.c). It needs no privilege; a filter (SO_ATTACH_FILTER) on a TCP
 * socket does on recent kernels.
 *
 * <p>A connection has its listener's value for all its life, as of when its handshake ended.
 */
final class LeastHops {
    /** The most there is: only a sender that asks for it sends so, and only from the same network. */
    static final int UNREACHABLE = 255;

    private LeastHops() {}

    /** @return from 0, which takes everything, to 255 */
    static int get(Fd socket, ListenAddress address) throws LinuxException {
        return address.hasIpv6Clients()
                ? SocketOptions.get(socket, "IPV6_MINHOPCOUNT", Abi.IPPROTO_IPV6, Abi.IPV6_MINHOPCOUNT, Integer.BYTES)
                        .getInt(0)
                : SocketOptions.get(socket, "IP_MINTTL", Abi.IPPROTO_IP, Abi.IP_MINTTL, Integer.BYTES)
                        .getInt(0);
    }

    /** In force for whatever arrives after it returns; of a dual-stack socket's clients, for those of both families. */
    static void set(Fd socket, ListenAddress address, int hops) throws LinuxException {
        if (address.hasIpv6Clients()) {
            SocketOptions.set(socket, "IPV6_MINHOPCOUNT", Abi.IPPROTO_IPV6, Abi.IPV6_MINHOPCOUNT, hops);
        }
        if (address.hasIpv4Clients()) {
            SocketOptions.set(socket, "IP_MINTTL", Abi.IPPROTO_IP, Abi.IP_MINTTL, hops);
        }
    }
}
