package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.util.Collection;
import java.util.stream.Collectors;

/** How many generations of a service may be alive at once, before another one is started. */
final class Limit {
    private Limit() {}

    /**
     * What a new one has to wait for, for people.
     *
     * @param to what it is to be started from, which has the limit
     * @param alive those that count, from the oldest on; at least as many as it allows
     */
    static String reached(ServiceName service, ServiceSpec to, Collection<Generation> alive, long now) {
        return service + ": "
                + alive.stream()
                        .filter(one -> one.state() != GenerationState.SERVING)
                        .map(one -> "generation " + one.id() + doing(one, now))
                        .collect(Collectors.joining(", "))
                + ", and max-generations is " + to.maxGenerations();
    }

    private static String doing(Generation one, long now) {
        return switch (one.state()) {
            case DRAINING ->
                one.drainsFor(now)
                        .map(left -> " drains for " + Durations.atMost(left) + " at most")
                        .orElse(" drains");
            case STOPPING, STOPPED -> " is being ended";
            case QUIESCING -> " runs empty";
            case STANDBY -> " stands by";
            case STARTING, READY, CANARY, SERVING -> " is there";
        };
    }
}
