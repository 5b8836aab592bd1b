package dev.handover.chaos.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address under load.
 *
 * @param host a name or an address, an IPv6 one without brackets
 * @param port 1 to 65535
 */
public record Target(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^\\[\\]:\\s]+)):([0-9]{1,5})");

    public Target {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("a target has a host");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
        }
    }

    /**
     * @param text {@code host:port}, {@code 127.0.0.1:80} or {@code [::1]:80}
     * @throws IllegalArgumentException if it is none of these
     */
    public static Target parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "a target is HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, not '" + text + "'");
        }
        return new Target(parts.group(1) != null ? parts.group(1) : parts.group(2), Integer.parseInt(parts.group(3)));
    }

    /** @throws UnknownHostException if the name cannot be resolved */
    public InetSocketAddress resolve() throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
