package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.ServiceName;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * What follows from who comes after whom. No file has a circle; but services that were started from files read at different
 * times may make one, and then none of it may wait for another.
 */
final class Chain {
    private final Function<ServiceName, ? extends Collection<ServiceName>> before;

    /** @param before whom a service comes directly after */
    Chain(Function<ServiceName, ? extends Collection<ServiceName>> before) {
        this.before = before;
    }

    /** Whether one comes after another, directly or not. */
    boolean isAfter(ServiceName one, ServiceName other) {
        return isAfter(one, other, new HashSet<>());
    }

    private boolean isAfter(ServiceName one, ServiceName other, Set<ServiceName> seen) {
        return seen.add(one)
                && before.apply(one).stream().anyMatch(name -> name.equals(other) || isAfter(name, other, seen));
    }
}
