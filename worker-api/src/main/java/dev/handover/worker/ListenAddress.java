package dev.handover.worker;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address to listen on, as the supervisor's configuration and {@code HANDOVER_LISTEN} write it:
 * {@code tcp://127.0.0.1:8080}, {@code tcp://[::]:80?dual-stack}, {@code udp://[::1]:53}.
 *
 * @param transport TCP or UDP
 * @param address its family is the socket's family: IPv4 is {@code AF_INET}, IPv6 is {@code AF_INET6}. The kernel
 *     groups {@code SO_REUSEPORT} sockets by family, address and port, so generations must agree in all three.
 * @param port 1 to 65535; 0 lets the kernel choose, which is of use only without a supervisor
 * @param dualStack whether {@code [::]} takes IPv4 clients too ({@code IPV6_V6ONLY} off, ipv6(7))
 */
public record ListenAddress(Transport transport, InetAddress address, int port, boolean dualStack) {
    private static final Pattern FORM =
            Pattern.compile("(tcp|udp)://(?:\\[([^\\]]+)\\]|([0-9.]+)):([0-9]{1,5})(\\?dual-stack)?");
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?");

    /** What is spoken on the socket. */
    public enum Transport {
        /** A listening stream socket. */
        TCP,
        /** A bound datagram socket. */
        UDP
    }

    /**
     * Checks the parts.
     *
     * @param transport any
     * @param address any
     * @param port 0 to 65535
     * @param dualStack true for {@code [::]} only
     * @throws IllegalArgumentException if the port is out of range, or anything but {@code [::]} is dual-stack
     */
    public ListenAddress {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
        if (dualStack && !(address instanceof Inet6Address && address.isAnyLocalAddress())) {
            throw new IllegalArgumentException("only [::] can be dual-stack, not " + address.getHostAddress());
        }
    }

    /**
     * Reads the form that {@link #toString()} writes. Host names are refused: which address of theirs would count?
     *
     * @param text such as {@code tcp://127.0.0.1:8080}
     * @return the address
     * @throws IllegalArgumentException if the text is of another form; the message says which is expected
     */
    public static ListenAddress parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not an address to listen on; expected one like"
                    + " tcp://127.0.0.1:8080, tcp://[::1]:80, tcp://[::]:80?dual-stack or udp://127.0.0.1:53");
        }
        InetAddress address = parts.group(2) != null ? ipv6(text, parts.group(2)) : ipv4(text, parts.group(3));
        try {
            Transport transport = Transport.valueOf(parts.group(1).toUpperCase(Locale.ROOT));
            return new ListenAddress(transport, address, Integer.parseInt(parts.group(4)), parts.group(5) != null);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
        }
    }

    /**
     * Says of which family the socket is.
     *
     * @return whether the socket is {@code AF_INET6}
     */
    public boolean isIpv6() {
        return address instanceof Inet6Address;
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        String host = isIpv6() ? "[" + shortened(address) + "]" : address.getHostAddress();
        return transport.name().toLowerCase(Locale.ROOT) + "://" + host + ":" + port + (dualStack ? "?dual-stack" : "");
    }

    private static String shortened(InetAddress ipv6) {
        if (ipv6.isAnyLocalAddress()) {
            return "::";
        }
        return ipv6.isLoopbackAddress() ? "::1" : ipv6.getHostAddress();
    }

    private static InetAddress ipv4(String text, String host) {
        if (!IPV4.matcher(host).matches()) {
            throw new IllegalArgumentException("'" + text + "': " + host + " is not an IPv4 address");
        }
        return literal(text, host);
    }

    private static InetAddress ipv6(String text, String host) {
        // The JDK makes an IPv4 address of ::ffff:127.0.0.1, and with it a socket of the other family.
        if (!IPV6.matcher(host).matches() || !(literal(text, host) instanceof Inet6Address address)) {
            throw new IllegalArgumentException("'" + text + "': [" + host + "] is not an IPv6 address");
        }
        return address;
    }

    /** Never asks a name server: only what looks like a numeric address comes here. */
    private static InetAddress literal(String text, String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("'" + text + "': " + host + " is not an address of this host", e);
        }
    }
}
