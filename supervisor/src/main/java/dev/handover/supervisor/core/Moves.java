package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Served;
import dev.handover.supervisor.terms.ServiceName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What becomes of the addresses that services listen on: by service, before and after. */
final class Moves {
    private final Map<ServiceName, List<ListenAddress>> before;
    private final Map<ServiceName, List<ListenAddress>> after;

    Moves(Map<ServiceName, List<ListenAddress>> before, Map<ServiceName, List<ListenAddress>> after) {
        this.before = new TreeMap<>(before);
        this.after = new TreeMap<>(after);
    }

    /** What a service would take from another one that keeps it, for people. */
    Optional<String> conflict() {
        for (Map.Entry<ServiceName, List<ListenAddress>> taker : after.entrySet()) {
            for (ListenAddress address : taken(taker.getKey())) {
                for (Map.Entry<ServiceName, List<ListenAddress>> other : before.entrySet()) {
                    if (!other.getKey().equals(taker.getKey())
                            && other.getValue().contains(address)
                            && of(after, other.getKey()).contains(address)) {
                        return Optional.of(address + " is to be " + taker.getKey() + "'s, and " + other.getKey()
                                + " serves it and is left as it is; " + CommandNames.CTL
                                + " reload, without a name, moves it");
                    }
                }
            }
        }
        return Optional.empty();
    }

    private List<ListenAddress> taken(ServiceName taker) {
        return of(after, taker).stream()
                .filter(address -> !of(before, taker).contains(address))
                .toList();
    }

    private List<ListenAddress> given(ServiceName giver) {
        return of(before, giver).stream()
                .filter(address -> !of(after, giver).contains(address))
                .toList();
    }

    /** Where a service listens, and nobody will serve all who come there. */
    List<Served.Gap> unserved(ServiceName giver) {
        Served served = new Served(addresses(after));
        return given(giver).stream()
                .flatMap(address -> served.gap(address).stream())
                .toList();
    }

    /** For people: a sentence for each address that nobody will serve, and for each whose clients are not moved by the flip. */
    List<String> warnings() {
        List<String> all = new ArrayList<>();
        Served served = new Served(addresses(after));
        for (ServiceName giver : before.keySet()) {
            unserved(giver)
                    .forEach(gap -> all.add(gap.text(" any more after this") + ": " + giver
                            + " does until then, and new connections to it will be refused"));
            given(giver).stream()
                    .filter(address -> !addresses(after).contains(address))
                    .forEach(address -> served.covering(address)
                            .ifPresent(wider -> all.add("new connections to " + address + " go to " + wider
                                    + " when the listeners of " + giver
                                    + " there are gone, and wait meanwhile if these have to drain")));
        }
        for (ServiceName taker : after.keySet()) {
            taken(taker)
                    .forEach(address -> early(address)
                            .ifPresent(wider -> all.add("new connections to " + address
                                    + " go to " + taker
                                    + " as soon as it listens there, before it is ready: to the kernel that is more"
                                    + " particular than " + wider + ", which has them now")));
        }
        return all;
    }

    /** What serves an address's clients now, and is less particular to the kernel. */
    private Optional<ListenAddress> early(ListenAddress address) {
        return addresses(before).contains(address) ? Optional.empty() : new Served(addresses(before)).covering(address);
    }

    private static List<ListenAddress> addresses(Map<ServiceName, List<ListenAddress>> where) {
        return where.values().stream().flatMap(List::stream).toList();
    }

    /** Who takes an address of the service's over, or some of its clients. */
    NavigableSet<ServiceName> takers(ServiceName giver) {
        NavigableSet<ServiceName> takers = new TreeSet<>();
        for (ServiceName taker : after.keySet()) {
            if (!taker.equals(giver) && taken(taker).stream().anyMatch(address -> takesOver(address, giver))) {
                takers.add(taker);
            }
        }
        return takers;
    }

    private boolean takesOver(ListenAddress address, ServiceName giver) {
        return given(giver).stream().anyMatch(one -> one.covers(address) || address.covers(one));
    }

    /** Those that one gives to or takes from, directly or not, and it; it alone if it does neither. */
    NavigableSet<ServiceName> connected(ServiceName one) {
        NavigableSet<ServiceName> all = new TreeSet<>(List.of(one));
        boolean grown = true;
        while (grown) {
            grown = false;
            for (ServiceName giver : before.keySet()) {
                NavigableSet<ServiceName> takers = takers(giver);
                if (!takers.isEmpty() && (all.contains(giver) || takers.stream().anyMatch(all::contains))) {
                    takers.add(giver);
                    grown |= all.addAll(takers);
                }
            }
        }
        return all;
    }

    private static Collection<ListenAddress> of(Map<ServiceName, List<ListenAddress>> where, ServiceName service) {
        return where.getOrDefault(service, List.of());
    }
}
