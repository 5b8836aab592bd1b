package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.ServiceName;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The way down, when all are to stop: each is told when those have stopped that come after it. */
final class StopOrder {
    /** Why a service is told to stop then. */
    static final String REASON = "the supervisor shuts down";

    private final Services services;
    private final Chain running = new Chain(this::before);
    private final Set<ServiceName> told = new TreeSet<>();

    StopOrder(Services services) {
        this.services = services;
    }

    /** Tells the first ones; the others are said to wait. */
    void begin(Turn turn) {
        tell(
                services.all().stream().filter(Service::isStopped).toList(),
                turn); // nothing of them runs, or is to be started
        advance(turn);
        for (Service service : untold()) {
            turn.about(service.name())
                    .info(service.name() + " serves until "
                            + later(service).stream().map(ServiceName::toString).collect(Collectors.joining(", "))
                            + " has stopped");
        }
    }

    /** Tells those whose turn it is. */
    void advance(Turn turn) {
        for (List<Service> next = next(); !next.isEmpty(); next = next()) {
            tell(next, turn);
        }
    }

    /** Tells all that are left: nobody waits any more. */
    void tellAll(Turn turn) {
        tell(untold(), turn);
    }

    private List<Service> next() {
        return untold().stream().filter(service -> later(service).isEmpty()).toList();
    }

    private List<Service> untold() {
        return services.all().stream()
                .filter(service -> !told.contains(service.name()))
                .toList();
    }

    private void tell(List<Service> next, Turn turn) {
        for (Service service : next) {
            told.add(service.name());
            service.stop(REASON, turn, then -> {});
        }
    }

    /** Those that run, and come after it. */
    private List<ServiceName> later(Service service) {
        return services.all().stream()
                .map(Service::name)
                .filter(name -> before(name).contains(service.name()) && !running.isAfter(service.name(), name))
                .toList();
    }

    /** Whom one comes after that runs. */
    private List<ServiceName> before(ServiceName running) {
        return services.find(running)
                .filter(service -> !service.isStopped())
                .map(Service::after)
                .orElse(List.of());
    }
}
