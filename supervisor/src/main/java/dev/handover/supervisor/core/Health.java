package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.HealthSpec;
import dev.handover.supervisor.terms.HealthSpec.Then;
import dev.handover.supervisor.terms.HealthStatus;
import dev.handover.supervisor.terms.ServiceSpec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the workers of one generation are healthy: asked before new connections are moved to it, and as long as they go to
 * it. An unhealthy one gets no new connections while another one is known to be healthy; where none is, all do.
 */
final class Health {
    private final HealthSpec spec;
    private final Map<Integer, WorkerHealth> workers = new LinkedHashMap<>();
    /** Whether they are asked now. */
    private boolean asks;
    /** Whether new connections go to them, so that there is somebody to be led elsewhere. */
    private boolean serves;

    private Health(HealthSpec spec, ServiceSpec service, Collection<Worker> all) {
        this.spec = spec;
        all.forEach(worker -> workers.put(worker.id().index(), new WorkerHealth(worker, spec, service)));
    }

    /** Empty where none is asked for. */
    static Optional<Health> of(ServiceSpec service, Collection<Worker> all) {
        return service.health().map(spec -> new Health(spec, service, all));
    }

    /** From now on they are asked. */
    void begin(Turn turn) {
        asks = true;
        follow(turn);
    }

    /** New connections go to them. */
    void serve(Turn turn) {
        begin(turn);
        serves = true;
    }

    /** Nothing depends on it any more. */
    void end() {
        asks = false;
        serves = false;
        all().forEach(WorkerHealth::forget);
    }

    private Stream<WorkerHealth> all() {
        return workers.values().stream();
    }

    /** What one of them came to. */
    void on(Event.HealthSeen seen, Turn turn) {
        WorkerHealth one = workers.get(seen.worker().index());
        if (asks && one != null) {
            boolean wasAside = one.isAside();
            boolean wasUnhealthy = one.isUnhealthy();
            one.on(seen, turn);
            follow(turn);
            if (wasAside && wasUnhealthy && one.isUnhealthy() && one.isAside() && spec.then() == Then.RESTART) {
                one.end(turn); // not at once: what was in flight to it has had time to be answered
            } else if (serves && !wasUnhealthy && one.isUnhealthy() && !one.isAside()) {
                one.servesOn(turn);
            }
        }
    }

    void onDeadline(Turn turn) {
        if (asks) {
            all().forEach(one -> one.onDeadline(turn));
            follow(turn);
        }
    }

    long nextDeadline() {
        return asks ? all().mapToLong(WorkerHealth::nextDeadline).min().orElse(Long.MAX_VALUE) : Long.MAX_VALUE;
    }

    /** Follows where the workers stand, and leads new connections to those that are to have them. */
    void follow(Turn turn) {
        if (asks) {
            all().forEach(one -> one.follow(serves, turn));
        }
        if (serves) {
            all().forEach(one -> one.setAside(one.isDoubted() && isAnotherHealthy(one), turn));
        }
    }

    private boolean isAnotherHealthy(WorkerHealth one) {
        return all().anyMatch(other -> other != one && other.isHealthy());
    }

    /** Whether each that is ready has answered, or can't be asked. */
    boolean isAnswered() {
        return all().noneMatch(WorkerHealth::isOpen);
    }

    /** Why one is not healthy; empty if none is known to be unhealthy. */
    Optional<String> unhealthy() {
        return all().filter(WorkerHealth::isUnhealthy)
                .map(WorkerHealth::sentence)
                .findFirst();
    }

    /** Why it is not known of one; empty if it is of each. */
    Optional<String> unknown() {
        return all().flatMap(one -> one.unknown().stream()).findFirst();
    }

    /** What there is to say while it serves; empty if there is nothing. */
    Optional<String> reason() {
        boolean anyHealthy = all().anyMatch(WorkerHealth::isHealthy);
        return unhealthy().map(why -> anyHealthy ? why : "no worker is healthy: " + why);
    }

    Optional<HealthStatus> status(int worker) {
        return asks ? Optional.ofNullable(workers.get(worker)).flatMap(WorkerHealth::status) : Optional.empty();
    }
}
