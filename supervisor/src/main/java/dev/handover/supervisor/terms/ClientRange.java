package dev.handover.supervisor.terms;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients by the first bits of their address, such as {@code 10.1.0.0/16}; of IPv4 or of IPv6, never both.
 *
 * @param network the address whose other bits are 0
 * @param length how many bits count, 0 to 32 for IPv4, to 128 for IPv6
 */
public record ClientRange(InetAddress network, int length) {
    private static final String SUCH_AS = "such as 10.1.0.0/16 or 2001:db8::/32";
    private static final Pattern FORM = Pattern.compile("(?<address>[0-9A-Fa-f.:]+)(/(?<length>.*))?");
    private static final Pattern LENGTH = Pattern.compile("0|[1-9]\\d{0,2}");
    /** The bits before the IPv4 address that an IPv6 one may have in it. */
    private static final int MAPPED_BITS = 96;

    public ClientRange {
        int bits = bits(network);
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "a range of " + family(network) + " has a length of 0 to " + bits + " bits, not " + length);
        }
        InetAddress cleared = cleared(network, length);
        if (!cleared.equals(network)) {
            throw new IllegalArgumentException(text(network) + " has bits set behind the first " + length
                    + ", which is no range; expected " + text(cleared) + "/" + length + ", or "
                    + text(network) + " for this one client");
        }
    }

    /**
     * Reads what {@link #toString} writes, and an address without a length, for one client.
     *
     * @throws IllegalArgumentException if the text is anything else; the message says what was expected
     */
    public static ClientRange parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "expected a range of client addresses " + SUCH_AS + ", not '" + text + "'");
        }
        String address = parts.group("address");
        String length = parts.group("length");
        if (length != null && !LENGTH.matcher(length).matches()) {
            throw new IllegalArgumentException(
                    "expected a number of bits behind the slash, " + SUCH_AS + ", not '" + text + "'");
        }
        InetAddress network = IpLiteral.parseBare(address);
        if (network instanceof Inet4Address && address.contains(":")) {
            throw new IllegalArgumentException(mapped(network, length, text));
        }
        return new ClientRange(network, length == null ? bits(network) : Integer.parseInt(length));
    }

    private static String mapped(InetAddress ipv4, String length, String text) {
        String problem = "'" + text + "' is IPv4 in IPv6's form, which no client's packet has";
        int bits = length == null ? IpLiteral.IPV6_BITS : Integer.parseInt(length);
        if (bits < MAPPED_BITS || bits > IpLiteral.IPV6_BITS) {
            return problem + "; expected IPv4's own, such as 10.1.0.0/16";
        }
        return problem + "; expected " + text(ipv4) + "/" + (bits - MAPPED_BITS);
    }

    public boolean isIpv6() {
        return !(network instanceof Inet4Address);
    }

    /** Whether clients of its kind of address come to such a listener. */
    public boolean comesTo(ListenAddress listener) {
        return isIpv6() ? listener.hasIpv6Clients() : listener.hasIpv4Clients();
    }

    /** Whether it has this client's address in it. */
    public boolean contains(InetAddress client) {
        return bits(client) == bits(network) && cleared(client, length).equals(network);
    }

    private static InetAddress cleared(InetAddress address, int length) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.min(Byte.SIZE, Math.max(0, length - i * Byte.SIZE));
            bytes[i] &= (byte) (0xff << (Byte.SIZE - kept));
        }
        return Arrays.equals(bytes, address.getAddress()) ? address : IpLiteral.fromBytes(bytes);
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    private static String family(InetAddress address) {
        return address instanceof Inet4Address ? "IPv4" : "IPv6";
    }

    private static String text(InetAddress address) {
        return IpLiteral.formatBare(address);
    }

    /** The form of the configuration. */
    @Override
    public String toString() {
        return text(network) + "/" + length;
    }
}
