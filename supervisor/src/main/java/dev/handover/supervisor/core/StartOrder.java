package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.ServiceName;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who is started first after whom. It is an order and no more: one that nobody starts is not waited for, and one that runs is
 * left alone, whatever becomes of those before it.
 */
final class StartOrder {
    private final Services services;
    private final Chain waiting = new Chain(this::before);

    StartOrder(Services services) {
        this.services = services;
    }

    /** Starts those that need wait no longer. */
    void advance(Turn turn) {
        for (Service service : services.all()) {
            service.absence().later().ifPresent(start -> advance(service, start, turn));
        }
    }

    private void advance(Service service, LaterStart start, Turn turn) {
        SortedSet<ServiceName> ahead = ahead(start);
        if (ahead.isEmpty()) {
            service.startNow(start, turn);
        } else {
            start.waitsFor(ahead, turn);
            obstacle(ahead).ifPresent(why -> service.heldUp(start, why, turn));
        }
    }

    /** Those that it waits for: who is to run, and does not yet. */
    private SortedSet<ServiceName> ahead(LaterStart start) {
        SortedSet<ServiceName> ahead = new TreeSet<>();
        for (ServiceName name : start.after()) {
            boolean circle = waiting.isAfter(name, start.spec().name());
            if (services.find(name).filter(StartOrder::isToRun).isPresent() && !start.movesWith(name) && !circle) {
                ahead.add(name);
            }
        }
        return ahead;
    }

    private static boolean isToRun(Service service) {
        return switch (service.state()) {
            case WAITING, STARTING, DOWN -> true;
            case RUNNING, STOPPING, STOPPED -> false;
        };
    }

    /** Whom one comes after that waits itself. */
    private List<ServiceName> before(ServiceName waiting) {
        return services.find(waiting)
                .flatMap(service -> service.absence().later())
                .map(LaterStart::after)
                .orElse(List.of());
    }

    /** What keeps one of them from running soon; empty where all are on their way. */
    private Optional<String> obstacle(SortedSet<ServiceName> ahead) {
        return ahead.stream()
                .flatMap(name -> services.find(name).stream())
                .flatMap(service -> obstacle(service).stream())
                .findFirst();
    }

    private Optional<String> obstacle(Service service) {
        Optional<LaterStart> later = service.absence().later();
        if (later.isPresent()) {
            return obstacle(ahead(later.get()));
        }
        boolean down = service.state() == ServiceState.DOWN;
        String reason = service.reason();
        return down || !reason.isEmpty()
                ? Optional.of(service.name() + (down ? " is down: " : " does not come up: ") + reason)
                : Optional.empty();
    }
}
