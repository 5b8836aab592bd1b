package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.IpLiteral;
import dev.handover.supervisor.terms.SteeringStatus.Arrivals;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Connections, and the clients that made them. For one thread. */
final class Tally {
    /** Each takes about 50 bytes. */
    private static final int MOST_CLIENTS = 100_000;

    private static final int NAMED = 20;
    private static final int IPV6_BYTES = 16;

    private final Set<Long> clients = new HashSet<>();
    /** The first of them, to be named. */
    private final Set<InetAddress> first = new LinkedHashSet<>();

    private long connections;
    private boolean full;

    /** A connection that has come, and is not to be told of again. */
    void count() {
        connections++;
    }

    /** A connection of this client's has come, which may be told of again. */
    void meet(InetAddress client) {
        if (first.size() < NAMED) {
            first.add(client);
        }
        if (clients.size() < MOST_CLIENTS) {
            clients.add(key(client));
        } else {
            full |= !clients.contains(key(client));
        }
    }

    /** Whether there were more clients than are told apart. */
    boolean isFull() {
        return full;
    }

    /** @param open connections that have come, too, and are not counted yet */
    Arrivals with(long open) {
        return new Arrivals(connections + open, clients.size());
    }

    /** The addresses of the first of them. */
    List<String> first() {
        return first.stream().map(IpLiteral::formatBare).toList();
    }

    /** As a canary's clients are told apart: an address of IPv4, a network of IPv6. */
    static long key(InetAddress client) {
        ByteBuffer bytes = ByteBuffer.wrap(client.getAddress());
        return bytes.capacity() == IPV6_BYTES ? bytes.getLong() : Integer.toUnsignedLong(bytes.getInt());
    }
}
