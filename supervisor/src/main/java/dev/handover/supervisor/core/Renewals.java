package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.QuicSpec;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.util.List;
import java.util.Optional;

/**
 * What people ask for that gives a service a new generation of what the one that serves was started from: whether it can be. It waits
 * for nothing: what the service would come to meanwhile, such as the next version, it would undo.
 */
final class Renewals {
    private final Services services;
    private final Reloads reloads;

    Renewals(Services services, Reloads reloads) {
        this.services = services;
        this.reloads = reloads;
    }

    void restart(RequestId id, Request.Restart asked, Turn turn) {
        serving(id, asked.service(), turn).ifPresent(spec -> reloads.renew(id, spec, "restart of ", asked.by(), turn));
    }

    void scale(RequestId id, Request.Scale asked, Turn turn) {
        Optional<ServiceSpec> serving = serving(id, asked.service(), turn);
        if (serving.isEmpty()) {
            return;
        }
        ServiceSpec spec = serving.get();
        if (spec.quic().isPresent() && asked.workers() > QuicSpec.MOST_WORKERS) {
            String why = "the QUIC connections of at most " + QuicSpec.MOST_WORKERS + " workers of " + spec.name()
                    + " can be told apart; nothing was changed";
            turn.refuse(id, Reply.Reason.FAILED, why);
        } else if (spec.workers() == asked.workers()) {
            String why = spec.name() + " has " + Counts.text(asked.workers(), "worker") + " already";
            turn.effect(new Effect.Accept(id, "scale of " + spec.name()));
            turn.effect(new Effect.Answer(
                    id,
                    new Reply.Reloaded(List.of(Findings.notBegun(
                            spec.name(), services.service(spec.name()).serving(), ReloadOutcome.COMPLETED, why)))));
        } else {
            reloads.renew(id, spec.withWorkers(asked.workers()), "scale of ", asked.by(), turn);
        }
    }

    /** Empty where nothing serves, or it is not to be replaced now: then whoever asks has been told. */
    private Optional<ServiceSpec> serving(RequestId id, ServiceName name, Turn turn) {
        if (!services.isKnown(name)) {
            services.refuseUnknown(id, name, turn);
            return Optional.empty();
        }
        Service service = services.service(name);
        Optional<ServiceSpec> spec = service.generation(Optional.empty()).map(Generation::spec);
        Optional<String> obstacle = spec.map(one -> service.obstacle(one, turn.now()))
                .orElseGet(service::busy)
                .map(busy -> busy + "; nothing was changed, try again when that is over")
                .or(() -> spec.isPresent()
                        ? Optional.empty()
                        : Optional.of("no generation of " + name + " serves; " + CommandNames.CTL + " start " + name
                                + " starts one; nothing was changed"));
        obstacle.ifPresent(why -> turn.refuse(id, Reply.Reason.FAILED, why));
        return obstacle.isPresent() ? Optional.empty() : spec;
    }
}
