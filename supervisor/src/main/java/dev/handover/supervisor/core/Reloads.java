package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CanaryOrder;
import dev.handover.supervisor.terms.ClientRange;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.Plan;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What people ask for that gives services new generations, or takes them back: which services it concerns, and whether it can be. */
final class Reloads {
    private final Configuration first;
    private final Services services;
    private final List<Takeover> takeovers = new ArrayList<>();

    /** @param first the configuration that the supervisor was started with */
    Reloads(Configuration first, Services services) {
        this.first = first;
        this.services = services;
    }

    /** How often services have come on that move together: others may have waited for it. */
    int changes() {
        return takeovers.stream().mapToInt(Takeover::changes).sum();
    }

    void forgetEnded() {
        takeovers.removeIf(Takeover::isOver);
    }

    /** One was asked for that can't be, since the configuration is wrong. */
    void refused(Optional<ServiceName> asked, String why, Turn turn) {
        services.known(asked).forEach(service -> {
            service.lastReload(LastReload.refused(why, turn.wall()));
            turn.about(service.name())
                    .note(What.RELOAD_REFUSED, Severity.WARN, "a reload of " + service.name() + " is refused: " + why);
            turn.count(service.name(), Counting.reload(ReloadOutcome.FAILED));
        });
    }

    void reload(RequestId id, Request.Reload reload, Turn turn) {
        Optional<String> fixed = changeOfWhatIsFixed(reload.configuration());
        Optional<String> unknown = unknown(reload.configuration(), reload.service());
        if (fixed.isPresent()) {
            turn.refuse(id, Reply.Reason.INVALID_CONFIGURATION, fixed.get());
            refused(reload.service(), fixed.get(), turn);
        } else if (unknown.isPresent()) {
            turn.refuse(id, Reply.Reason.UNKNOWN_SERVICE, unknown.get());
        } else {
            if (reload.service().isEmpty()) {
                turn.effect(new Effect.AnswerHttp(reload.configuration().http())); // whatever becomes of the services
                turn.effect(new Effect.Notify(reload.configuration().notifications()));
            }
            begin(id, reload, "reload of ", "", turn);
        }
    }

    /** Says what {@link #reload} would do, and why it would refuse. */
    void plan(RequestId id, Request.PlanReload asked, Turn turn) {
        Configuration next = asked.configuration();
        Optional<String> fixed = changeOfWhatIsFixed(next);
        Optional<String> unknown = unknown(next, asked.service());
        if (fixed.isPresent()) {
            turn.refuse(id, Reply.Reason.INVALID_CONFIGURATION, fixed.get());
            return;
        }
        if (unknown.isPresent()) {
            turn.refuse(id, Reply.Reason.UNKNOWN_SERVICE, unknown.get());
            return;
        }
        Set<ServiceName> concerned = concerned(next, asked.service());
        Moves moves = services.moves(next, concerned, false);
        Optional<String> conflict = moves.conflict();
        if (conflict.isPresent()) {
            turn.refuse(id, Reply.Reason.FAILED, conflict.get() + "; nothing was changed");
            return;
        }
        List<Plan> plans = concerned.stream()
                .map(name -> plan(name, Optional.ofNullable(next.services().get(name))))
                .toList();
        Stream<String> together = concerned.stream()
                .map(moves::connected)
                .filter(some -> some.size() > 1)
                .distinct()
                .map(some -> Words.and(some) + " give addresses to one another, and would be handed over together");
        List<String> told = Stream.concat(moves.warnings().stream(), together).toList();
        turn.effect(new Effect.Answer(id, new Reply.Planned(plans, told)));
    }

    private Plan plan(ServiceName name, Optional<ServiceSpec> next) {
        Optional<ServiceSpec> now = services.find(name).flatMap(Service::startedFrom);
        if (next.isEmpty()) {
            return new Plan(name, Plan.Action.REMOVE, List.of());
        }
        if (services.waitsForStart(name, next.get())) {
            return new Plan(name, Plan.Action.STAY_STOPPED, List.of());
        }
        return now.map(spec -> new Plan(name, Plan.Action.HAND_OVER, Changes.between(spec, next.get())))
                .orElseGet(() -> new Plan(name, Plan.Action.START, List.of()));
    }

    private Optional<String> changeOfWhatIsFixed(Configuration next) {
        boolean same = next.control().equals(first.control())
                && next.state().equals(first.state())
                && next.monitorGroup().equals(first.monitorGroup());
        return same
                ? Optional.empty()
                : Optional.of("supervisor.control, supervisor.state and supervisor.monitor-group can't change while the"
                        + " supervisor runs; nothing was changed");
    }

    private Optional<String> unknown(Configuration next, Optional<ServiceName> asked) {
        return asked.filter(name -> !next.services().containsKey(name))
                .map(name -> (services.isKnown(name)
                                ? name + " is no longer in the configuration; " + CommandNames.CTL
                                        + " reload, without a name, removes it"
                                : "there is no service " + name + " in the configuration")
                        + "; nothing was changed");
    }

    /** Of services whose number of workers the file changes, in whatever way they came to run with another. */
    private List<String> resized(Configuration next, Set<ServiceName> concerned) {
        return next.services().values().stream()
                .filter(spec -> concerned.contains(spec.name()))
                .flatMap(spec -> services.find(spec.name()).flatMap(service -> service.otherWorkers(spec)).stream())
                .map(workers -> workers.service() + " goes from " + Counts.text(workers.running(), "worker") + " to "
                        + workers.file())
                .toList();
    }

    /** What those of them have to wait for that can't begin now, and are not to be refused for that. */
    private List<String> waiting(Request.Reload reload, Set<ServiceName> concerned, Turn turn) {
        return reload.configuration().services().values().stream()
                .filter(spec -> reload.busy() != IfBusy.REFUSE && concerned.contains(spec.name()))
                .flatMap(spec ->
                        services
                                .find(spec.name())
                                .flatMap(service -> service.handoverBefore(spec, turn.now()))
                                .stream())
                .map(why -> why + ": its reload begins when that is over")
                .toList();
    }

    /** @param undoes why what serves now counts as good no more when it has been left; empty if it does */
    private void begin(RequestId id, Request.Reload reload, String what, String undoes, Turn turn) {
        Configuration next = reload.configuration();
        Set<ServiceName> concerned = concerned(next, reload.service());
        Moves moves = services.moves(next, concerned, false);
        Optional<String> conflict = moves.conflict();
        if (conflict.isPresent()) {
            String why = conflict.get() + "; nothing was changed";
            turn.refuse(id, Reply.Reason.FAILED, why);
            refused(reload.service(), why, turn);
            return;
        }
        List<String> warnings = Stream.concat(
                        moves.warnings().stream(),
                        concerned.stream()
                                .flatMap(name -> services.find(name).stream())
                                .flatMap(service -> service.onHold().on().stream())
                                .map(hold -> hold + ": its reload begins when that is over"))
                .toList();
        warnings.forEach(turn.aboutAll()::warn);
        String names = concerned.stream().map(ServiceName::toString).collect(Collectors.joining(", "));
        turn.effect(new Effect.Accept(
                id,
                Stream.of(List.of(what + names), warnings, waiting(reload, concerned, turn), resized(next, concerned))
                        .flatMap(List::stream)
                        .collect(Collectors.joining("\n"))));
        Caller caller = new Caller.OfReload(id, concerned.size(), moves, takeovers(moves, concerned));
        boolean named = reload.service().isPresent();
        concerned.forEach(
                name -> turn.about(name).note(What.RELOAD_ASKED, what + name + ", asked for by " + reload.by()));
        for (ServiceName name : concerned) {
            Optional<Target> target = Optional.ofNullable(next.services().get(name))
                    .map(spec -> new Target(spec, reload.canary().of(spec), reload.busy(), undoes));
            reload(services.service(name), target, caller, moves, named, turn);
        }
    }

    private Set<ServiceName> concerned(Configuration next, Optional<ServiceName> asked) {
        if (asked.isPresent()) {
            return Set.of(asked.get());
        }
        TreeSet<ServiceName> all = new TreeSet<>(next.services().keySet());
        services.known().map(Service::name).forEach(all::add);
        return all;
    }

    private Map<ServiceName, Takeover> takeovers(Moves moves, Set<ServiceName> concerned) {
        Map<ServiceName, Takeover> all = new TreeMap<>();
        for (ServiceName name : concerned) {
            Set<ServiceName> connected = moves.connected(name);
            if (connected.size() > 1 && !all.containsKey(name)) {
                Takeover takeover = new Takeover(connected);
                takeovers.add(takeover);
                connected.forEach(one -> all.put(one, takeover));
            }
        }
        return all;
    }

    private static void reload(
            Service service, Optional<Target> target, Caller caller, Moves moves, boolean named, Turn turn) {
        if (target.isEmpty()) {
            service.remove(caller, moves.takers(service.name()), turn);
        } else if (service.waitsForStart(target.get().spec())) {
            ReloadOutcome outcome = named ? ReloadOutcome.FAILED : ReloadOutcome.COMPLETED;
            String why = service.name() + " is stopped, and stays so; " + CommandNames.CTL + " start " + service.name()
                    + " starts it from the new configuration";
            if (!service.isStoppedOnRequest()) {
                service.leaveUnstarted(turn);
            }
            caller.ended(Findings.notBegun(service.name(), Optional.empty(), outcome, why), turn);
        } else if (service.serving().isPresent()
                && canaryObstacle(target.get(), moves).isPresent()) {
            String why = service.name() + " can't be tried on some of the clients: "
                    + canaryObstacle(target.get(), moves).get() + "; " + CommandNames.CTL
                    + " reload --no-canary moves all at once; nothing was started";
            caller.ended(Findings.notBegun(service.name(), service.serving(), ReloadOutcome.FAILED, why), turn);
        } else {
            service.reload(target.get(), caller, turn);
        }
    }

    /** What is known beforehand of why it can't be tried on some of the clients; empty if that is not asked for, or may be. */
    private static Optional<String> canaryObstacle(Target target, Moves moves) {
        if (target.canary().isEmpty()) {
            return Optional.empty();
        }
        if (target.spec().handover() != Moving.STEERED) {
            return Optional.of("handover is \"plain\"");
        }
        if (target.spec().listen().isEmpty()) {
            return Optional.of("it declares no listener, at which they could be told apart");
        }
        Optional<ClientRange> unreached =
                target.canary().get().unreached(target.spec().listen());
        if (unreached.isPresent()) {
            return Optional.of("none of its listeners is one that clients of " + unreached.get() + " come to");
        }
        return moves.connected(target.spec().name()).size() > 1
                ? Optional.of("addresses move between services in this reload, which is for all clients at once")
                : Optional.empty();
    }

    /** Hands over to what an earlier generation was started from, whatever the file says now. */
    void reloadTo(RequestId id, Request.ReloadTo asked, Turn turn) {
        ServiceName name = asked.service();
        if (!services.isKnown(name)) {
            services.refuseUnknown(id, name, turn);
            return;
        }
        History history = services.service(name).history();
        Optional<PastReload> past = history.find(asked.generation());
        if (past.isEmpty()) {
            String known = history.list().stream()
                    .map(one -> one.generation().toString())
                    .collect(Collectors.joining(", "));
            String why = "nothing is kept of generation " + asked.generation() + " of " + name + "; there is "
                    + (known.isEmpty() ? "nothing" : known);
            turn.refuse(id, Reply.Reason.FAILED, why + "; nothing was changed");
            return;
        }
        reloadTo(id, past.get(), asked, "", turn);
    }

    /** Hands over to a new generation of one service, started from this. */
    void renew(RequestId id, ServiceSpec spec, String what, String by, Turn turn) {
        begin(
                id,
                new Request.Reload(only(spec), Optional.of(spec.name()), CanaryOrder.NONE, IfBusy.REFUSE, by),
                what,
                "",
                turn);
    }

    private Configuration only(ServiceSpec spec) {
        return new Configuration(first.control(), first.state(), new TreeMap<>(Map.of(spec.name(), spec)));
    }

    private void reloadTo(RequestId id, PastReload past, Request.ReloadTo asked, String undoes, Turn turn) {
        Configuration then = only(past.spec());
        String what = "reload to the configuration of generation " + past.generation() + " of ";
        turn.about(asked.service()).info(what + asked.service());
        begin(
                id,
                new Request.Reload(then, Optional.of(asked.service()), asked.canary(), asked.busy(), asked.by()),
                what,
                undoes,
                turn);
    }

    /** Back to what is warm, or else to what the last good generation before was started from. */
    void rollback(RequestId id, Request.Rollback asked, Turn turn) {
        Optional<ServiceName> named = asked.service();
        if (named.isPresent() && !services.isKnown(named.get())) {
            services.refuseUnknown(id, named.get(), turn);
            return;
        }
        List<Service> all = services.known(named).toList();
        List<Service> warm = all.stream()
                .filter(service -> service.whyNoRollback().isEmpty())
                .toList();
        if (warm.size() == 1) {
            Service service = warm.get(0);
            turn.effect(new Effect.Accept(id, "rollback of " + service.name()));
            Caller caller = new Caller.OfReload(id, 1, services.movesBack(service), Map.of());
            service.rollBack(Rollback.asked(asked.by()), caller, turn);
        } else if (warm.isEmpty() && all.size() == 1) {
            rollbackCold(id, all.get(0), asked.by(), turn);
        } else {
            String why = warm.isEmpty()
                    ? "no generation of any service stands by, or serves beside a canary; name the service whose last good"
                            + " configuration is to be started again"
                    : "more than one service has a generation that stands by, or serves beside a canary; name one of "
                            + Services.names(warm);
            turn.refuse(id, Reply.Reason.FAILED, why + "; nothing was changed");
        }
    }

    /** Nothing of it is warm. */
    private void rollbackCold(RequestId id, Service service, String by, Turn turn) {
        Optional<GenerationId> bad = service.serving().or(service::newest);
        Optional<PastReload> good = bad.flatMap(service.history()::lastGoodBefore);
        Optional<String> obstacle = service.whyNoColdRollback(good, turn.now());
        if (obstacle.isPresent()) {
            turn.refuse(id, Reply.Reason.FAILED, obstacle.get() + "; nothing was changed");
            return;
        }
        reloadTo(
                id,
                good.orElseThrow(),
                new Request.ReloadTo(service.name(), good.get().generation(), CanaryOrder.NONE, IfBusy.WAIT, by),
                "it was rolled back, asked for by " + by,
                turn);
    }

    /** Says how a canary is to go on. */
    void decideCanary(RequestId id, Request.DecideCanary decide, Turn turn) {
        Optional<ServiceName> asked = decide.service();
        if (asked.isPresent() && !services.isKnown(asked.get())) {
            services.refuseUnknown(id, asked.get(), turn);
            return;
        }
        List<Service> tried = services.known(asked).filter(Service::hasCanary).toList();
        if (tried.size() == 1) {
            tried.get(0).decide(id, decide.decision(), decide.by(), turn);
            return;
        }
        List<Service> promoted = services.known(asked)
                .filter(service -> service.promoted().isPresent())
                .toList();
        if (tried.isEmpty() && promoted.size() == 1) {
            beingPromoted(id, promoted.get(0), decide.decision(), turn);
            return;
        }
        String why = tried.isEmpty()
                ? "no new generation of " + asked.map(ServiceName::toString).orElse("any service")
                        + " is tried on some of the clients now"
                : "new generations of more than one service are tried on some of the clients; name one of "
                        + Services.names(tried);
        turn.refuse(id, Reply.Reason.FAILED, why + "; nothing was changed");
    }

    /** It was decided of just now. */
    private static void beingPromoted(RequestId id, Service service, Request.CanaryDecision decision, Turn turn) {
        switch (decision) {
            case PROMOTE -> service.joinPromotion(id);
            case PAUSE, RESUME -> {
                String why = service.promoted().orElseThrow() + " is being promoted already; nothing was changed";
                turn.refuse(id, Reply.Reason.FAILED, why);
            }
        }
    }
}
