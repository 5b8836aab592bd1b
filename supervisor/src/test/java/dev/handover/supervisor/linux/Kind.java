package dev.handover.supervisor.linux;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.List;

/** The kinds of reuseport group that a kernel fact is to hold for, each with an address that its clients use. */
enum Kind {
    TCP_IPV4(Transport.TCP, "127.0.0.1", false, "127.0.0.1"),
    /** All addresses of IPv4. */
    TCP_ANY_IPV4(Transport.TCP, "0.0.0.0", false, "127.0.0.1"),
    TCP_IPV6(Transport.TCP, "::1", false, "::1"),
    TCP_DUAL_STACK(Transport.TCP, "::", true, "127.0.0.1"),
    /** An AF_INET6 socket at an IPv4 address. */
    TCP_MAPPED(Transport.TCP, "127.0.0.1", false, "127.0.0.1"),
    UDP_IPV4(Transport.UDP, "127.0.0.1", false, "127.0.0.1"),
    UDP_ANY_IPV4(Transport.UDP, "0.0.0.0", false, "127.0.0.1"),
    UDP_IPV6(Transport.UDP, "::1", false, "::1"),
    UDP_DUAL_STACK(Transport.UDP, "::", true, "127.0.0.1"),
    UDP_MAPPED(Transport.UDP, "127.0.0.1", false, "127.0.0.1");

    final Transport transport;
    private final String host;
    private final boolean dualStack;
    private final String clientHost;

    Kind(Transport transport, String host, boolean dualStack, String clientHost) {
        this.transport = transport;
        this.host = host;
        this.dualStack = dualStack;
        this.clientHost = clientHost;
    }

    static List<Kind> tcp() {
        return List.of(TCP_IPV4, TCP_IPV6, TCP_DUAL_STACK, TCP_MAPPED);
    }

    static List<Kind> udp() {
        return List.of(UDP_IPV4, UDP_IPV6, UDP_DUAL_STACK, UDP_MAPPED);
    }

    ProtocolFamily family() {
        return isIpv6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    ProtocolFamily clientFamily() {
        return clientHost.contains(":") ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    boolean isIpv6() {
        return isMapped() || host.contains(":");
    }

    private boolean isMapped() {
        return this == TCP_MAPPED || this == UDP_MAPPED;
    }

    InetAddress clientAddress() {
        return literal(clientHost);
    }

    InetAddress host() {
        return literal(host);
    }

    ListenAddress address(int port) {
        ListenAddress declared = new ListenAddress(transport, host(), port, dualStack);
        return isMapped() ? declared.mapped() : declared;
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
