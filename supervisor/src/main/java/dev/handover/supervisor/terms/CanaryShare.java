package dev.handover.supervisor.terms;

import java.util.ArrayList;
import java.util.List;

/**
 * Which clients a canary gets. A client is told by its address, of IPv6 by the first 64 bits, which are one network's; so it
 * stays where it is: who has the canary keeps it when the percentage grows, and who has not keeps the other when it shrinks.
 *
 * @param clients these, whatever the percentage; at most {@value #MOST_CLIENTS}
 * @param others and so many of all the others, chosen by a hash of the address
 */
public record CanaryShare(List<ClientRange> clients, Percentage others) {
    /** Ten instructions each, at most, of the 4096 that the kernel lets a program have. */
    public static final int MOST_CLIENTS = 256;

    /** More are not read by people. */
    private static final int NAMED = 2;

    public CanaryShare {
        clients = List.copyOf(clients);
        if (clients.size() > MOST_CLIENTS) {
            throw new IllegalArgumentException(
                    "at most " + MOST_CLIENTS + " ranges of clients can be told apart, not " + clients.size());
        }
    }

    /** For people, such as {@code 10.1.0.0/16 and 10% of the others}. */
    @Override
    public String toString() {
        if (clients.isEmpty()) {
            return others + " of the clients";
        }
        List<String> parts = new ArrayList<>();
        clients.stream().limit(NAMED).map(ClientRange::toString).forEach(parts::add);
        if (clients.size() > NAMED) {
            parts.add(clients.size() - NAMED + " more");
        }
        if (others.hundredths() > 0) {
            parts.add(others + " of the others");
        }
        return Words.and(parts);
    }
}
