package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Effect.Standing;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole of what a supervisor decides: events in, effects out. It does no input or output, reads no clock and knows
 * no thread; one thread calls it.
 *
 * <p>What it keeps true: once a generation of a service has served, one always does, until someone asks for a stop.
 */
public final class Supervisor {
    /** What was in the way, such as a full disk, may be gone by then. */
    private static final long SAVE_AGAIN_AFTER = Duration.ofSeconds(1).toNanos();

    private final Configuration first;
    private final Services services = new Services();
    private final StartOrder startOrder = new StartOrder(services);
    private final StopOrder stopOrder = new StopOrder(services);
    private final List<RequestId> shutdowns = new ArrayList<>();
    private final List<Takeover> takeovers = new ArrayList<>();
    private final Leaving leaving = new Leaving();

    private boolean stopping;
    private boolean stoppingNow;
    private boolean ended;
    private Memory saved = Memory.EMPTY;
    private long saveAgainAt = Long.MAX_VALUE;
    private String announced = "";

    /** @param first the configuration that the supervisor was started with */
    public Supervisor(Configuration first) {
        this.first = first;
    }

    /**
     * Starts every service, or goes on with the workers that an earlier supervisor left running.
     *
     * @param memory what the earlier supervisor saved, reduced to the processes that still run
     * @param now on the monotonic clock, in nanoseconds
     * @param wall the time of day, to be shown
     */
    public List<Effect> boot(Memory memory, long now, Instant wall) {
        Turn turn = new Turn(now, wall);
        memory.newest().forEach(services::goOn);
        first.services().keySet().forEach(services::service);
        memory.stopped()
                .forEach((name, request) -> services.service(name).absence().stopped(request));
        memory.reloads().forEach((name, reload) -> services.service(name).lastReload(reload));
        memory.givenUp().forEach((name, how) -> services.service(name).absence().givenUp(how));
        // Ahead of the program that the first steer sets: it is to lead their flows to them.
        memory.generations().forEach(one -> Lead.holdFlows(one, turn));
        // What serves comes first: what leaves is held, and told to drain, when new connections go elsewhere.
        for (Remembered remembered : memory.generations().stream()
                .sorted(Comparator.comparing(one -> one.state() != GenerationState.SERVING))
                .toList()) {
            ServiceName name = remembered.spec().name();
            boolean wanted = first.services().containsKey(name)
                    && !services.service(name).isStoppedOnRequest();
            services.service(name).adopt(remembered, wanted, turn);
        }
        for (Service service : services.all()) {
            ServiceSpec spec = first.services().get(service.name());
            if (spec == null) {
                service.absence().removed();
            } else if (service.isStoppedOnRequest()) {
                turn.info(service.name() + " stays stopped, as asked for; " + CommandNames.CTL + " start "
                        + service.name() + " starts it");
            } else if (service.absence().givenUp().isPresent()) {
                turn.warn(service.name() + " stays down, as it was given up; " + CommandNames.CTL + " start "
                        + service.name() + " tries again");
            } else if (service.waitsForStart(spec)) {
                turn.info(service.name() + " is not started: " + Absence.UNSTARTED);
                service.leaveUnstarted(turn);
            } else if (service.serving().isEmpty()) {
                service.boot(spec);
            }
        }
        startOrder.advance(turn);
        return conclude(turn);
    }

    /**
     * @param now on the monotonic clock, in nanoseconds; never less than at the call before
     * @param wall the time of day, to be shown
     */
    public List<Effect> handle(Event event, long now, Instant wall) {
        Turn turn = new Turn(now, wall);
        if (event instanceof Event.Requested requested) {
            requested(requested.id(), requested.request(), turn);
        } else if (event instanceof Event.OfWorker ofWorker) {
            services.find(ofWorker.worker().service()).ifPresent(service -> service.on(ofWorker, turn));
        } else if (event instanceof Event.OfGeneration ofGeneration) {
            services.find(ofGeneration.service()).ifPresent(service -> service.on(ofGeneration, turn));
        } else if (event instanceof Event.ReloadRefused refused) {
            reloadRefused(refused.service(), refused.why(), turn);
        } else if (event instanceof Event.StopNow) {
            stopNow(turn);
        } else if (event instanceof Event.LeaveAsked) {
            leave(turn);
        } else if (event instanceof Event.NotSaved) {
            saveAgainAt = now + SAVE_AGAIN_AFTER;
        } else if (!(event instanceof Event.Tick)) {
            throw Unhandled.event(event);
        }
        int before;
        do { // what one service comes to may be what another one waits for
            before = changesOfTakeovers();
            services.all().forEach(service -> service.onDeadline(turn));
            inOrder(turn);
        } while (changesOfTakeovers() != before);
        takeovers.removeIf(Takeover::isOver);
        leaving.heed(event);
        List<Effect> effects = conclude(turn);
        // A tick comes when all that had happened has been taken in: a save that failed would be known of.
        if (event instanceof Event.Tick && leaves() && effects.stream().noneMatch(Effect.Save.class::isInstance)) {
            ended = true;
            effects.add(new Effect.Leave());
        }
        return effects;
    }

    /** Starts, or stops, those whose turn it is. */
    private void inOrder(Turn turn) {
        if (stopping) {
            stopOrder.advance(turn);
        } else {
            startOrder.advance(turn);
        }
    }

    private int changesOfTakeovers() {
        return takeovers.stream().mapToInt(Takeover::changes).sum();
    }

    /** When {@link #handle} must be called again at the latest, with a {@link Event.Tick} if nothing else happens. */
    public long nextDeadline() {
        if (leaves()) {
            return 0; // now
        }
        return services.all().stream().mapToLong(Service::nextDeadline).reduce(saveAgainAt, Math::min);
    }

    private void requested(RequestId id, Request request, Turn turn) {
        if (request instanceof Request.Status status) {
            status(id, status, turn);
        } else if (request instanceof Request.Shutdown) {
            shutdown(id, turn);
        } else if (stopping) {
            refuse(id, Reply.Reason.STOPPING, "the supervisor is shutting down; nothing was changed", turn);
        } else if (request instanceof Request.Reload reload) {
            reload(id, reload, turn);
        } else if (request instanceof Request.Rollback rollback) {
            rollback(id, rollback, turn);
        } else if (request instanceof Request.DecideCanary decide) {
            decideCanary(id, decide, turn);
        } else if (request instanceof Request.Stop stop) {
            stop(id, stop, turn);
        } else if (request instanceof Request.Start start) {
            start(id, start, turn);
        } else if (request instanceof Request.Upgrade upgrade) {
            upgrade(id, upgrade, turn);
        } else {
            throw Unhandled.event(request);
        }
    }

    private static void refuse(RequestId id, Reply.Reason reason, String message, Turn turn) {
        turn.effect(new Effect.Answer(id, new Reply.Refused(reason, message)));
    }

    private void status(RequestId id, Request.Status status, Turn turn) {
        Optional<ServiceName> asked = status.service();
        if (asked.isPresent() && !services.isKnown(asked.get())) {
            refuseUnknown(id, asked.get(), turn);
            return;
        }
        turn.effect(new Effect.AnswerStatus(
                id,
                services.known(asked).map(service -> service.status(turn.now())).toList(),
                status.file().map(services::difference)));
    }

    private void reloadRefused(Optional<ServiceName> asked, String why, Turn turn) {
        services.known(asked).forEach(service -> service.lastReload(LastReload.refused(why, turn.wall())));
    }

    private void refuseUnknown(RequestId id, ServiceName name, Turn turn) {
        refuse(
                id,
                Reply.Reason.UNKNOWN_SERVICE,
                "there is no service " + name + "; there is " + services.names(),
                turn);
    }

    private void reload(RequestId id, Request.Reload reload, Turn turn) {
        Configuration next = reload.configuration();
        if (!next.control().equals(first.control()) || !next.state().equals(first.state())) {
            String why =
                    "supervisor.control and supervisor.state can't change while the supervisor runs; nothing was changed";
            refuse(id, Reply.Reason.INVALID_CONFIGURATION, why, turn);
            reloadRefused(reload.service(), why, turn);
            return;
        }
        TreeSet<ServiceName> concerned = new TreeSet<>();
        if (reload.service().isPresent()) {
            ServiceName name = reload.service().get();
            if (!next.services().containsKey(name)) {
                String why = services.isKnown(name)
                        ? name + " is no longer in the configuration; " + CommandNames.CTL
                                + " reload, without a name, removes it"
                        : "there is no service " + name + " in the configuration";
                refuse(id, Reply.Reason.UNKNOWN_SERVICE, why + "; nothing was changed", turn);
                return;
            }
            concerned.add(name);
        } else {
            concerned.addAll(next.services().keySet());
            services.known().map(Service::name).forEach(concerned::add);
        }
        Moves moves = services.moves(next, concerned, false);
        Optional<String> conflict = moves.conflict();
        if (conflict.isPresent()) {
            String why = conflict.get() + "; nothing was changed";
            refuse(id, Reply.Reason.FAILED, why, turn);
            reloadRefused(reload.service(), why, turn);
            return;
        }
        List<String> warnings = moves.warnings();
        warnings.forEach(turn::warn);
        String what =
                "reload of " + concerned.stream().map(ServiceName::toString).collect(Collectors.joining(", "));
        turn.effect(new Effect.Accept(
                id, Stream.concat(Stream.of(what), warnings.stream()).collect(Collectors.joining("\n"))));
        Caller caller = new Caller.OfReload(id, concerned.size(), moves, takeovers(moves, concerned));
        for (ServiceName name : concerned) {
            reload(
                    services.service(name),
                    Optional.ofNullable(next.services().get(name))
                            .map(spec -> new Target(spec, reload.canary().of(spec))),
                    caller,
                    moves,
                    reload.service().isPresent(),
                    turn);
        }
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
            caller.ended(Handover.notBegun(service.name(), Optional.empty(), outcome, why), turn);
        } else {
            service.reload(target.get(), caller, turn);
        }
    }

    private void rollback(RequestId id, Request.Rollback rollback, Turn turn) {
        Optional<ServiceName> asked = rollback.service();
        if (asked.isPresent() && !services.isKnown(asked.get())) {
            refuseUnknown(id, asked.get(), turn);
            return;
        }
        List<Service> warm = services.known(asked)
                .filter(service -> asked.isPresent() || service.whyNoRollback().isEmpty())
                .toList();
        if (warm.size() != 1) {
            String why = warm.isEmpty()
                    ? "there is nothing warm to go back to: no generation of any service stands by, or serves beside a canary"
                    : "more than one service has a generation that stands by; name one of " + Services.names(warm);
            refuse(id, Reply.Reason.FAILED, why + "; nothing was changed", turn);
            return;
        }
        Service service = warm.get(0);
        Optional<String> obstacle = service.whyNoRollback();
        if (obstacle.isPresent()) {
            refuse(id, Reply.Reason.FAILED, obstacle.get(), turn);
            return;
        }
        turn.effect(new Effect.Accept(id, "rollback of " + service.name()));
        Caller caller = new Caller.OfReload(id, 1, services.movesBack(service), Map.of());
        service.rollBack(Rollback.asked(rollback.by()), caller, turn);
    }

    private void decideCanary(RequestId id, Request.DecideCanary decide, Turn turn) {
        Optional<ServiceName> asked = decide.service();
        if (asked.isPresent() && !services.isKnown(asked.get())) {
            refuseUnknown(id, asked.get(), turn);
            return;
        }
        List<Service> tried = services.known(asked).filter(Service::hasCanary).toList();
        if (tried.size() == 1) {
            tried.get(0).decide(id, decide.decision(), decide.by(), turn);
            return;
        }
        String why = tried.isEmpty()
                ? "no new generation of " + asked.map(ServiceName::toString).orElse("any service")
                        + " is tried on some of the clients now"
                : "new generations of more than one service are tried on some of the clients; name one of "
                        + Services.names(tried);
        refuse(id, Reply.Reason.FAILED, why + "; nothing was changed", turn);
    }

    private void stop(RequestId id, Request.Stop stop, Turn turn) {
        ServiceName name = stop.service();
        if (!services.isKnown(name)) {
            refuseUnknown(id, name, turn);
            return;
        }
        turn.effect(new Effect.Accept(id, "stop of " + name));
        Service service = services.service(name);
        service.stopOnRequest(
                stop.by(),
                then -> then.effect(new Effect.Answer(id, new Reply.Stopped(name, service.drained()))),
                turn);
    }

    private void start(RequestId id, Request.Start start, Turn turn) {
        ServiceName name = start.service();
        ServiceSpec spec = start.configuration().services().get(name);
        if (spec == null) {
            refuse(id, Reply.Reason.UNKNOWN_SERVICE, "there is no service " + name + " in the configuration", turn);
            return;
        }
        Optional<String> conflict =
                services.moves(start.configuration(), Set.of(name), true).conflict();
        if (conflict.isPresent()) {
            refuse(id, Reply.Reason.FAILED, conflict.get() + "; nothing was changed", turn);
            return;
        }
        Service service = services.service(name);
        turn.effect(new Effect.Accept(id, "start of " + name));
        Optional<GenerationId> serving = service.serving().filter(current -> service.isUp());
        if (serving.isPresent() && !service.isStoppedOnRequest()) {
            turn.effect(new Effect.Answer(id, new Reply.Started(name, serving.get())));
        } else {
            service.start(spec, new Caller.OfStart(id), turn);
        }
    }

    /** What is under way would be given up by the one that takes over, as after a crash: it is to end before. */
    private void upgrade(RequestId id, Request.Upgrade upgrade, Turn turn) {
        Optional<String> motion = leaving.motion()
                .or(() -> services.all().stream()
                        .flatMap(service -> service.motion().stream())
                        .findFirst());
        if (motion.isPresent()) {
            refuse(id, Reply.Reason.FAILED, motion.get() + "; nothing was changed, try again when that is over", turn);
        } else {
            turn.info("version " + upgrade.to() + " takes the place of " + upgrade.from() + "; services serve on");
            turn.effect(new Effect.Answer(id, new Reply.Upgrading(upgrade)));
            turn.effect(new Effect.GiveWay(upgrade));
        }
    }

    private void shutdown(RequestId id, Turn turn) {
        turn.effect(new Effect.Accept(id, "shutdown"));
        shutdowns.add(id);
        stopAll(turn);
    }

    private void stopAll(Turn turn) {
        if (!stopping) {
            stopping = true;
            turn.info("shutting down: every service drains");
            stopOrder.begin(turn);
        }
    }

    private void stopNow(Turn turn) {
        stopAll(turn); // else what is ended would be missed, and the supervisor would wait for ever
        stopOrder.tellAll(turn);
        turn.warn(stoppingNow ? "stop now, once more: sending KILL" : "stop now: not waiting for the drain");
        services.all().forEach(service -> service.stopNow(stoppingNow, turn));
        stoppingNow = true;
    }

    private void leave(Turn turn) {
        if (stopping) {
            turn.warn("the supervisor is stopping, and does not leave its workers running");
        } else {
            leaving.ask(turn);
        }
    }

    private boolean leaves() {
        return leaving.isPossible() && !stopping && !ended && saveAgainAt == Long.MAX_VALUE;
    }

    private List<Effect> conclude(Turn turn) {
        services.all().forEach(service -> service.conclude(turn));
        List<Effect> effects = new ArrayList<>();
        Memory memory = services.remember();
        if (!memory.equals(saved) || turn.now() >= saveAgainAt) {
            saved = memory;
            saveAgainAt = Long.MAX_VALUE;
            // Before all else: a supervisor that takes over must not find less than what was done.
            effects.add(new Effect.Save(memory));
        }
        effects.addAll(turn.effects());
        leaving.heed(effects);
        announce(effects);
        if (stopping && !ended && services.all().stream().allMatch(Service::isOver)) {
            ended = true;
            shutdowns.forEach(id -> effects.add(new Effect.Answer(id, new Reply.ShutDown())));
            effects.add(new Effect.End());
        }
        return effects;
    }

    private void announce(List<Effect> effects) {
        boolean tried = services.all().stream().allMatch(Service::wasTried);
        Standing standing = stopping ? Standing.STOPPING : tried ? Standing.READY : Standing.STARTING;
        String status = services.summary();
        if (!announced.equals(standing + status)) {
            announced = standing + status;
            effects.add(new Effect.Announce(standing, status));
        }
    }
}
