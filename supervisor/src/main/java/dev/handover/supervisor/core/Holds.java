package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import java.util.List;
import java.util.Optional;

/** What people ask for that has a service's new connections wait, or go on: whether it can be. */
final class Holds {
    private final Services services;

    Holds(Services services) {
        this.services = services;
    }

    void hold(RequestId id, Request.Hold asked, Turn turn) {
        Optional<Service> service = known(id, asked.service(), turn);
        if (service.isEmpty()) {
            return;
        }
        Optional<String> obstacle = obstacle(service.get());
        if (obstacle.isPresent()) {
            turn.refuse(id, Reply.Reason.FAILED, obstacle.get() + "; nothing was changed");
        } else {
            service.get().onHold().begin(id, asked, turn);
        }
    }

    void end(RequestId id, Request.EndHold asked, Turn turn) {
        Optional<Service> service = known(id, asked.service(), turn);
        if (service.isEmpty()) {
            return;
        }
        if (service.get().onHold().isOn()) {
            service.get().onHold().end(id, asked.by(), turn);
        } else {
            turn.refuse(id, Reply.Reason.FAILED, asked.service() + " is not on hold; nothing was changed");
        }
    }

    /** Whoever asked for something is gone. */
    void callerLeft(RequestId request, Turn turn) {
        services.all().forEach(service -> service.onHold().callerLeft(request, turn));
    }

    /** Lets all new connections go on. */
    void endAll(String why, Turn turn) {
        services.all().forEach(service -> service.onHold().end(why, turn));
    }

    boolean areOver() {
        return services.all().stream().noneMatch(service -> service.onHold().isOn());
    }

    private Optional<Service> known(RequestId id, ServiceName name, Turn turn) {
        if (services.isKnown(name)) {
            return Optional.of(services.service(name));
        }
        services.refuseUnknown(id, name, turn);
        return Optional.empty();
    }

    /** What stands against it beforehand, for people. */
    private static Optional<String> obstacle(Service service) {
        List<ListenAddress> listen = service.listen();
        Optional<String> udp = listen.stream()
                .filter(address -> address.transport() == Transport.UDP)
                .findFirst()
                .map(address -> service.name() + " listens on " + address
                        + ", and datagrams can't be made to wait: nobody sends one again that was dropped");
        return service.busy()
                .or(service::going) // who listens still, and is shut, would get clients if the supervisor were killed
                .or(() -> service.isUp() ? Optional.empty() : Optional.of(service.name() + " does not run"))
                .or(() -> listen.isEmpty()
                        ? Optional.of(service.name() + " has no 'listen', so there is nothing to hold")
                        : udp);
    }
}
