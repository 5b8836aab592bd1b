package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Configuration;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Effect.Standing;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    private final Reloads reloads;
    private final Holds holds = new Holds(services);
    private final Renewals renewals;
    private final Leaving leaving = new Leaving();

    private boolean ready;
    private boolean stopping;
    private boolean stoppingNow;
    private boolean ended;
    private Memory saved = Memory.EMPTY;
    private long saveAgainAt = Long.MAX_VALUE;
    private String announced = "";

    /** @param first the configuration that the supervisor was started with */
    public Supervisor(Configuration first) {
        this.first = first;
        this.reloads = new Reloads(first, services);
        this.renewals = new Renewals(services, reloads);
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
        memory.history()
                .forEach((name, past) -> services.service(name).history().goOn(past));
        memory.totals().forEach((name, totals) -> services.service(name).count(totals));
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
                turn.about(service.name())
                        .info(service.name() + " stays stopped, as asked for; " + CommandNames.CTL + " start "
                                + service.name() + " starts it");
            } else if (service.absence().givenUp().isPresent()) {
                turn.about(service.name())
                        .warn(service.name() + " stays down, as it was given up; " + CommandNames.CTL + " start "
                                + service.name() + " tries again");
            } else if (service.waitsForStart(spec)) {
                turn.about(service.name()).info(service.name() + " is not started: " + Absence.UNSTARTED);
                service.leaveUnstarted(turn);
            } else if (service.serving().isEmpty()) {
                service.boot(spec);
            }
        }
        startOrder.advance(turn);
        turn.effect(new Effect.AnswerHttp(first.http()));
        turn.effect(new Effect.Notify(first.notifications()));
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
        } else if (event instanceof Event.OfHold ofHold) {
            services.find(ofHold.service()).ifPresent(service -> service.on(ofHold, turn));
        } else if (event instanceof Event.CallerLeft left) {
            holds.callerLeft(left.request(), turn);
        } else if (event instanceof Event.ReloadRefused refused) {
            reloads.refused(refused.service(), refused.why(), turn);
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
            before = reloads.changes();
            services.all().forEach(service -> service.onDeadline(turn));
            inOrder(turn);
        } while (reloads.changes() != before);
        reloads.forgetEnded();
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
            turn.refuse(id, Reply.Reason.STOPPING, "the supervisor is shutting down; nothing was changed");
        } else if (request instanceof Request.Reload reload) {
            reloads.reload(id, reload, turn);
        } else if (request instanceof Request.PlanReload plan) {
            reloads.plan(id, plan, turn);
        } else if (request instanceof Request.ReloadTo to) {
            reloads.reloadTo(id, to, turn);
        } else if (request instanceof Request.Restart restart) {
            renewals.restart(id, restart, turn);
        } else if (request instanceof Request.Scale scale) {
            renewals.scale(id, scale, turn);
        } else if (request instanceof Request.History history) {
            history(id, history, turn);
        } else if (request instanceof Request.Rollback rollback) {
            reloads.rollback(id, rollback, turn);
        } else if (request instanceof Request.DecideCanary decide) {
            reloads.decideCanary(id, decide, turn);
        } else if (request instanceof Request.Hold hold) {
            holds.hold(id, hold, turn);
        } else if (request instanceof Request.EndHold end) {
            holds.end(id, end, turn);
        } else if (request instanceof Request.SendSignal signal) {
            signal(id, signal, turn);
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

    private void status(RequestId id, Request.Status status, Turn turn) {
        Optional<ServiceName> asked = status.service();
        if (asked.isPresent() && !services.isKnown(asked.get())) {
            services.refuseUnknown(id, asked.get(), turn);
            return;
        }
        turn.effect(new Effect.AnswerStatus(
                id,
                services.known(asked).map(service -> service.status(turn.now())).toList(),
                status.file().map(services::difference)));
    }

    private void history(RequestId id, Request.History history, Turn turn) {
        Optional<ServiceName> asked = history.service();
        if (asked.isPresent() && !services.isKnown(asked.get())) {
            services.refuseUnknown(id, asked.get(), turn);
        } else {
            turn.effect(new Effect.Answer(
                    id,
                    new Reply.History(services.known(asked).map(Service::past).toList())));
        }
    }

    private void signal(RequestId id, Request.SendSignal signal, Turn turn) {
        if (services.isKnown(signal.service())) {
            Signalling.send(id, signal, services.service(signal.service()), turn);
        } else {
            services.refuseUnknown(id, signal.service(), turn);
        }
    }

    private void stop(RequestId id, Request.Stop stop, Turn turn) {
        ServiceName name = stop.service();
        if (!services.isKnown(name)) {
            services.refuseUnknown(id, name, turn);
            return;
        }
        turn.effect(new Effect.Accept(id, "stop of " + name));
        turn.about(name).note(What.STOP_ASKED, "stop of " + name + ", asked for by " + stop.by());
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
            turn.refuse(id, Reply.Reason.UNKNOWN_SERVICE, "there is no service " + name + " in the configuration");
            return;
        }
        Optional<String> conflict =
                services.moves(start.configuration(), Set.of(name), true).conflict();
        if (conflict.isPresent()) {
            turn.refuse(id, Reply.Reason.FAILED, conflict.get() + "; nothing was changed");
            return;
        }
        Service service = services.service(name);
        turn.effect(new Effect.Accept(id, "start of " + name));
        turn.about(name).note(What.START_ASKED, "start of " + name + ", asked for by " + start.by());
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
            turn.refuse(id, Reply.Reason.FAILED, motion.get() + "; nothing was changed, try again when that is over");
        } else {
            turn.aboutAll()
                    .info(
                            What.SUPERVISOR_GIVES_WAY,
                            "version " + upgrade.to() + " takes the place of " + upgrade.from()
                                    + "; services serve on");
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
            turn.aboutAll().info(What.SUPERVISOR_STOPS, "shutting down: every service drains");
            holds.endAll("the supervisor is shutting down", turn);
            stopOrder.begin(turn);
        }
    }

    private void stopNow(Turn turn) {
        stopAll(turn); // else what is ended would be missed, and the supervisor would wait for ever
        stopOrder.tellAll(turn);
        turn.aboutAll().warn(stoppingNow ? "stop now, once more: sending KILL" : "stop now: not waiting for the drain");
        services.all().forEach(service -> service.stopNow(stoppingNow, turn));
        stoppingNow = true;
    }

    private void leave(Turn turn) {
        if (stopping) {
            turn.aboutAll().warn("the supervisor is stopping, and does not leave its workers running");
        } else {
            holds.endAll("the supervisor leaves", turn);
            leaving.ask(turn);
        }
    }

    private boolean leaves() {
        return leaving.isPossible() && holds.areOver() && !stopping && !ended && saveAgainAt == Long.MAX_VALUE;
    }

    private List<Effect> conclude(Turn turn) {
        services.all().forEach(service -> service.conclude(turn));
        turn.counts().forEach((name, more) -> services.find(name).ifPresent(service -> service.count(more)));
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
        ready |= services.all().stream().allMatch(Service::wasTried);
        announce(stopping ? Standing.STOPPING : ready ? Standing.READY : Standing.STARTING, effects);
    }

    private void announce(Standing standing, List<Effect> effects) {
        String status = services.summary();
        if (!announced.equals(standing + status)) {
            announced = standing + status;
            effects.add(new Effect.Announce(standing, status));
        }
    }
}
