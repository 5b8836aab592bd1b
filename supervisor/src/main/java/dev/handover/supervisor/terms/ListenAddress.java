package dev.handover.supervisor.terms;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One address that a service's workers listen on.
 *
 * @param address its family is the socket's family: IPv4 is AF_INET, IPv6 is AF_INET6. The kernel keeps sockets of
 *     different families, and of different addresses on one port, in different reuseport groups: an IPv4 address has
 *     {@linkplain #mapped two}.
 * @param port 1 to 65535
 * @param dualStack whether an AF_INET6 socket takes IPv4 clients too (IPV6_V6ONLY off); only {@code [::]} can
 */
public record ListenAddress(Transport transport, InetAddress address, int port, boolean dualStack) {
    /** What the socket speaks. */
    public enum Transport {
        TCP,
        UDP
    }

    private static final String DUAL_STACK = "?dual-stack";
    private static final Pattern FORM = Pattern.compile(
            "(?<transport>tcp|udp)://(?<host>\\[[^]]*]|[^/?#\\[\\]]*?):(?<port>[^:/?#]*)(?<query>\\?.*)?");

    public ListenAddress {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a port is a number from 1 to 65535, not " + port);
        }
        if (dualStack && !(address instanceof Inet6Address && address.isAnyLocalAddress())) {
            throw new IllegalArgumentException("only [::] can be dual-stack, not " + IpLiteral.format(address));
        }
    }

    /**
     * Reads what {@link #toString} writes: {@code tcp://} or {@code udp://}, a literal address (an IPv6 one in brackets,
     * without a zone), a port, and {@code ?dual-stack} where {@code [::]} is to take IPv4 clients too.
     *
     * @throws IllegalArgumentException if the text is anything else; the message says what was expected
     */
    public static ListenAddress parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "expected an address such as tcp://127.0.0.1:8080 or udp://[::1]:53, not '" + text + "'");
        }
        String query = parts.group("query") == null ? "" : parts.group("query");
        if (!query.isEmpty() && !query.equals(DUAL_STACK)) {
            throw new IllegalArgumentException("only ?dual-stack may follow the port, not '" + query + "'");
        }
        return new ListenAddress(
                parts.group("transport").equals("tcp") ? Transport.TCP : Transport.UDP,
                IpLiteral.parse(parts.group("host")),
                parsePort(parts.group("port")),
                query.equals(DUAL_STACK));
    }

    private static int parsePort(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("a port is a number from 1 to 65535, not '" + text + "'");
        }
        return Integer.parseInt(text);
    }

    /** Whether the socket is AF_INET6. */
    public boolean isIpv6() {
        return address instanceof Inet6Address;
    }

    /**
     * An IPv4 address as an AF_INET6 socket has it ({@code ::ffff:127.0.0.1}), which a JVM opens unless it is told otherwise:
     * the same clients, in another group. Of IPv6, and of one that is mapped already, this one.
     */
    public ListenAddress mapped() {
        return isIpv6() ? this : new ListenAddress(transport, IpLiteral.mapped(address), port, false);
    }

    /** The one of the configuration. */
    public ListenAddress declared() {
        return isMapped() ? new ListenAddress(transport, host(), port, false) : this;
    }

    /** In each of these groups its clients may be served. */
    public Stream<ListenAddress> groups() {
        return Stream.of(this, mapped()).distinct();
    }

    /** Whether it is an IPv4 address of an AF_INET6 socket. */
    public boolean isMapped() {
        return isIpv6() && host() instanceof Inet4Address;
    }

    /** Whether packets of IPv6 come to it. */
    public boolean hasIpv6Clients() {
        return host() instanceof Inet6Address;
    }

    /** Whether packets of IPv4 come to it. */
    public boolean hasIpv4Clients() {
        return dualStack || !hasIpv6Clients();
    }

    /**
     * Whether all clients of another address come to this one where nobody listens at the other: it is the same, or a wildcard
     * of the other's port and families.
     */
    public boolean covers(ListenAddress other) {
        return transport == other.transport
                && port == other.port
                && (host().isAnyLocalAddress() || host().equals(other.host()))
                && (hasIpv4Clients() || !other.hasIpv4Clients())
                && (hasIpv6Clients() || !other.hasIpv6Clients());
    }

    /** What its clients connect to. */
    public InetAddress host() {
        return IpLiteral.unmapped(address);
    }

    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    /** The form of the configuration, of one that is mapped too, and of {@code HANDOVER_LISTEN}, such as {@code tcp://[::]:80?dual-stack}. */
    @Override
    public String toString() {
        return transport.name().toLowerCase(Locale.ROOT) + "://" + IpLiteral.format(host()) + ":" + port
                + (dualStack ? DUAL_STACK : "");
    }
}
