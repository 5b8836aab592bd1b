package dev.handover.supervisor.terms;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where services listen, taken together.
 *
 * @param addresses in any order
 */
public record Served(Collection<ListenAddress> addresses) {
    public Served {
        addresses = List.copyOf(addresses);
    }

    /**
     * An address that none of them covers.
     *
     * @param remaining which of them serve some of its clients
     */
    public record Gap(ListenAddress address, List<ListenAddress> remaining) {
        public Gap {
            remaining = List.copyOf(remaining);
        }

        /** For people: that nobody serves it any more after something, and what is served of it all the same. */
        public String text(String when) {
            String but = remaining.isEmpty() ? "" : ", but for what comes to " + Words.and(remaining);
            return "nobody serves " + address + when + but;
        }
    }

    /** Which of them gets all clients of an address: it itself if it is one of them. */
    public Optional<ListenAddress> covering(ListenAddress address) {
        return addresses.contains(address)
                ? Optional.of(address)
                : addresses.stream().filter(one -> one.covers(address)).findFirst();
    }

    /** Empty where one of them covers the address. */
    public Optional<Gap> gap(ListenAddress address) {
        return covering(address).isPresent()
                ? Optional.empty()
                : Optional.of(new Gap(
                        address, addresses.stream().filter(address::covers).toList()));
    }
}
