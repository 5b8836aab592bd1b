package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.ListenAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The groups of all services, by address: a service that takes another's address over steers the other's clients to itself,
 * and its program must be right while the other's listeners leave. For one thread.
 */
final class Groups {
    private final Function<ListenAddress, SteeredGroup> open;
    private final Map<ListenAddress, SteeredGroup> all = new LinkedHashMap<>();

    Groups(Kernel kernel) {
        this(address -> new SteeredGroup(address, kernel));
    }

    /** @param open makes a group at an address, with nobody held yet */
    Groups(Function<ListenAddress, SteeredGroup> open) {
        this.open = open;
    }

    List<SteeredGroup> all() {
        return List.copyOf(all.values());
    }

    /** The group there, with nobody held if there was none. */
    SteeredGroup at(ListenAddress address) {
        return all.computeIfAbsent(address, open);
    }

    Optional<SteeredGroup> known(ListenAddress address) {
        return Optional.ofNullable(all.get(address));
    }

    void forgetEmpty() {
        all.values().removeIf(SteeredGroup::isEmpty);
    }

    void dropAll() {
        all.values().forEach(SteeredGroup::dropAll);
    }
}
