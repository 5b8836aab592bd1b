package dev.handover.supervisor.terms;

import java.util.Optional;

/** Whether a reload is to try its new generations on some of the clients first, as whoever asks for it has it. */
public sealed interface CanaryOrder {
    /** What the service's configuration says. */
    CanaryOrder AS_CONFIGURED = new AsConfigured();

    /** None, whatever is configured. */
    CanaryOrder NONE = new Instead(Optional.empty());

    /** What a new generation of a service is tried on first; empty where all clients are moved to it at once. */
    Optional<CanarySpec> of(ServiceSpec service);

    /** As each service is configured. */
    record AsConfigured() implements CanaryOrder {
        @Override
        public Optional<CanarySpec> of(ServiceSpec service) {
            return service.canary();
        }
    }

    /** Whatever is configured; but for the metric of a canary that is to be judged. */
    record Instead(Optional<CanarySpec> canary) implements CanaryOrder {
        @Override
        public Optional<CanarySpec> of(ServiceSpec service) {
            return canary.map(one -> one.judge() ? one.with(service.canary().flatMap(CanarySpec::metric)) : one);
        }
    }
}
