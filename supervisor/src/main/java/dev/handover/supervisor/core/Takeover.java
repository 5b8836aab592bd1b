package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.ServiceName;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Services of one reload that give addresses to one another. None is flipped before all are ready, so that one that fails
 * leaves all as they are; and one that is to go goes when those serve that take its addresses.
 */
final class Takeover {
    /** Of a service that neither gives nor takes. */
    static final Takeover NONE = new Takeover(Set.of());

    private enum Stage {
        PREPARES,
        READY,
        SERVES,
        FAILED
    }

    private final Map<ServiceName, Stage> stages = new TreeMap<>();
    private String failure = "";
    private int changes;

    Takeover(Collection<ServiceName> services) {
        services.forEach(service -> stages.put(service, Stage.PREPARES));
    }

    /** It can be flipped, or has nothing to be flipped to. */
    void ready(ServiceName service) {
        become(service, Stage.PREPARES, Stage.READY);
    }

    void serves(ServiceName service) {
        become(service, Stage.READY, Stage.SERVES);
    }

    /** It will not come to serve where it was to; one that serves has done so. */
    void failed(ServiceName service, String why) {
        Stage was = stages.get(service);
        if (was == Stage.PREPARES || was == Stage.READY) {
            become(service, was, Stage.FAILED);
            failure = failure.isEmpty() ? service + ": " + why : failure;
        }
    }

    private void become(ServiceName service, Stage from, Stage to) {
        changes += stages.replace(service, from, to) ? 1 : 0;
    }

    /** Why it is off. */
    Optional<String> failure() {
        return failure.isEmpty() ? Optional.empty() : Optional.of(failure);
    }

    boolean isAllReady() {
        return failure.isEmpty() && !stages.containsValue(Stage.PREPARES);
    }

    boolean doServe(Collection<ServiceName> services) {
        return services.stream().allMatch(service -> stages.get(service) == Stage.SERVES);
    }

    /** Whether the service gives or takes. */
    boolean concerns(ServiceName service) {
        return stages.containsKey(service);
    }

    /** How often a service has come on: others may have waited for it. */
    int changes() {
        return changes;
    }

    boolean isOver() {
        return stages.values().stream().allMatch(stage -> stage == Stage.SERVES || stage == Stage.FAILED);
    }
}
