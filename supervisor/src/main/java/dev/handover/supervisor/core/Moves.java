package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.ListenAddress;
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
                                + " serves it and is left as it is; supervisorctl reload, without a name, moves it");
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

    /** Where a service listens, and nobody will. */
    List<ListenAddress> unserved(ServiceName giver) {
        return given(giver).stream()
                .filter(address -> after.values().stream().noneMatch(listen -> listen.contains(address)))
                .toList();
    }

    /** For people, a sentence for each address that nobody will serve. */
    List<String> warnings() {
        List<String> all = new ArrayList<>();
        for (ServiceName giver : before.keySet()) {
            unserved(giver)
                    .forEach(address -> all.add("nobody serves " + address + " any more after this: " + giver
                            + " does until then, and new connections to it will be refused"));
        }
        return all;
    }

    /** Who takes an address of the service's over. */
    NavigableSet<ServiceName> takers(ServiceName giver) {
        NavigableSet<ServiceName> takers = new TreeSet<>();
        for (ServiceName taker : after.keySet()) {
            if (!taker.equals(giver) && taken(taker).stream().anyMatch(given(giver)::contains)) {
                takers.add(taker);
            }
        }
        return takers;
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
