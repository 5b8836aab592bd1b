package dev.handover.supervisor.terms;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A connection that a draining worker holds.
 *
 * @param peer the client's end
 * @param atLeast how long it has been open at least, since the kernel does not show when it was made: since the drain began, and
 *     before that for as long as nothing had been sent or received
 */
public record OpenConnection(InetSocketAddress peer, Duration atLeast) {
    /** Of a worker so many are told of, those that have been open the longest. */
    public static final int MOST = 3;

    /** The same, so much later. */
    public OpenConnection later(Duration by) {
        return new OpenConnection(peer, atLeast.plus(by));
    }

    /** Such as {@code 10.0.0.7:51234} or {@code [2001:db8::7]:51234}. */
    public String peerText() {
        return IpLiteral.format(peer.getAddress()) + ":" + peer.getPort();
    }
}
