package dev.handover.supervisor.terms;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** IP addresses as text, never as names: nothing here asks a resolver. */
public final class IpLiteral {
    private static final String OCTET = "(0|[1-9]\\d{0,2})";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "\\." + OCTET + "\\." + OCTET + "\\." + OCTET);
    static final int IPV6_BITS = 128;
    private static final int IPV6_BYTES = IPV6_BITS / Byte.SIZE;
    /** Where the two bytes of ones stand. */
    private static final int MAPPED = 10;

    private static final int NO_ZONE = -1;
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]+]");

    private IpLiteral() {}

    /**
     * Reads {@code 127.0.0.1} or {@code [::1]}.
     *
     * @throws IllegalArgumentException saying what the text is instead
     */
    static InetAddress parse(String text) {
        if (text.startsWith("[")) {
            return parseIpv6(text);
        }
        Matcher octets = IPV4.matcher(text);
        if (octets.matches()) {
            return parseIpv4(text, octets);
        }
        if (text.contains(":")) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv4 address; an IPv6 address stands in [ ]");
        }
        if (text.chars().allMatch(c -> c == '.' || Character.isDigit(c))) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv4 address: it has four numbers, 0 to 255");
        }
        throw new IllegalArgumentException("'" + text + "' is not an IP address; names are not looked up");
    }

    /** Text that {@link #parse} reads; an IPv6 address in the one form of RFC 5952. */
    public static String format(InetAddress address) {
        return address instanceof Inet4Address ? formatBare(address) : "[" + formatBare(address) + "]";
    }

    /** The same, an IPv6 address without its brackets. */
    public static String formatBare(InetAddress address) {
        return address instanceof Inet4Address ? address.getHostAddress() : compressed(groupsOf(address));
    }

    private static InetAddress parseIpv4(String text, Matcher octets) {
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            int octet = Integer.parseInt(octets.group(i + 1));
            if (octet > 255) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not an IPv4 address: it has four numbers, 0 to 255");
            }
            bytes[i] = (byte) octet;
        }
        return fromBytes(bytes);
    }

    private static InetAddress parseIpv6(String text) {
        if (text.contains("%")) {
            throw new IllegalArgumentException("'" + text + "' has a zone; addresses with a zone can't be declared");
        }
        InetAddress address = inBrackets(text, text);
        if (address instanceof Inet4Address) {
            throw new IllegalArgumentException(
                    "'" + text + "' is an IPv4 address in IPv6's form; write " + address.getHostAddress());
        }
        return address;
    }

    /**
     * Reads {@code 127.0.0.1} or {@code ::1}; an IPv4 address too where it stands in IPv6's form.
     *
     * @throws IllegalArgumentException saying what the text is instead
     */
    static InetAddress parseBare(String text) {
        return text.contains(":") ? inBrackets("[" + text + "]", text) : parse(text);
    }

    private static InetAddress inBrackets(String text, String said) {
        String problem = "'" + said + "' is not an IPv6 address";
        if (!IPV6.matcher(text).matches()) {
            throw new IllegalArgumentException(problem);
        }
        try {
            // The brackets keep getByName from taking the text for a name and asking a resolver.
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(problem, e);
        }
    }

    /** An IPv4 address in IPv6's form, which the JDK else takes for IPv4 wherever it meets it. */
    static InetAddress mapped(InetAddress ipv4) {
        byte[] bytes = new byte[IPV6_BYTES];
        bytes[MAPPED] = (byte) 0xff;
        bytes[MAPPED + 1] = (byte) 0xff;
        System.arraycopy(ipv4.getAddress(), 0, bytes, MAPPED + 2, IPV6_BYTES - MAPPED - 2);
        try {
            return Inet6Address.getByAddress(null, bytes, NO_ZONE);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + bytes.length + " bytes", e);
        }
    }

    /** The IPv4 address that it is in IPv6's form, if it is one. */
    static InetAddress unmapped(InetAddress address) {
        return fromBytes(address.getAddress());
    }

    static InetAddress fromBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + bytes.length + " bytes", e);
        }
    }

    private static int[] groupsOf(InetAddress address) {
        byte[] bytes = address.getAddress();
        int[] groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        return groups;
    }

    /** RFC 5952, section 4: the longest run of two or more zero groups, the first of equals, is '::'. */
    private static String compressed(int[] groups) {
        int start = -1;
        int length = 1;
        for (int i = 0; i < groups.length; i++) {
            int end = i;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
