package dev.handover.worker;

import java.io.IOException;
import java.net.StandardProtocolFamily;

/** Opens a socket in the family that its address says, with an error that says which listener it is about. */
final class Opening {
    /** Opens and binds. */
    interface Opener<C> {
        C open(ListenAddress address, StandardProtocolFamily family) throws IOException;
    }

    private Opening() {}

    static <C> C open(ListenAddress address, ListenAddress.Transport transport, Opener<C> opener) throws IOException {
        if (address.transport() != transport) {
            throw new IllegalArgumentException(address + " is not a " + transport + " address");
        }
        if (address.isIpv6() && address.address().isAnyLocalAddress() && !address.dualStack()) {
            // The JDK clears IPV6_V6ONLY on each of its AF_INET6 sockets, and has no option to set it.
            throw new IOException(address + ": Java cannot open [::] for IPv6 clients only; write " + address
                    + "?dual-stack to take IPv4 clients too, or one of this host's IPv6 addresses instead of [::]");
        }
        try {
            return opener.open(address, address.isIpv6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        } catch (UnsupportedOperationException e) {
            throw new IOException(address + ": this host has no " + (address.isIpv6() ? "IPv6" : "SO_REUSEPORT"), e);
        } catch (IOException e) {
            throw new IOException(address + ": cannot listen: " + e.getMessage(), e);
        }
    }
}
