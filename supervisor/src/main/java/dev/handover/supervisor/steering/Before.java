package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.Ledger.Counters;
import dev.handover.supervisor.terms.ListenAddress;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How the figures stood that only grow, when a handover began.
 *
 * @param counters the network namespace's
 * @param drops what each group's listeners had dropped
 */
record Before(Counters counters, Map<ListenAddress, Long> drops) {
    Before {
        drops = Map.copyOf(drops);
    }

    static Before of(Counters counters, Collection<SteeredGroup> groups) {
        return new Before(
                counters, groups.stream().collect(Collectors.toMap(SteeredGroup::address, SteeredGroup::drops)));
    }

    /** What the listeners at an address had dropped; 0 if none was held there. */
    long drops(ListenAddress address) {
        return drops.getOrDefault(address, 0L);
    }
}
