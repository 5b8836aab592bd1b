package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Memory.GivenUp;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Memory.Stopped;
import dev.handover.supervisor.terms.PastReload;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Difference.Workers;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.Request;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.Totals;
import dev.handover.supervisor.terms.Words;
import dev.handover.supervisor.terms.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One service: what is asked of it, whether it runs, and where it stands. How its generations follow one another is its
 * {@link Rollout}'s.
 */
final class Service {
    private final ServiceName name;
    private final Condition condition;
    private final Generations generations;
    private final Rollout rollout;
    private final Unsteered unsteered = new Unsteered();
    private final Absence absence = new Absence();
    private final Partings partings = new Partings();
    private final OnHold onHold;
    private final List<Consumer<Turn>> onceStopped = new ArrayList<>();

    private @Nullable Removal removal;
    /** Of the generations that have gone since a stop was asked for. */
    private Optional<DrainReport> drained = Optional.empty();

    private Map<WorkerId, ProcessId> adopters = Map.of();
    private Totals totals = Totals.NONE;

    /** Nothing runs yet; its generations go on from the newest it ever had. */
    Service(ServiceName name, @Nullable GenerationId newest) {
        this.name = name;
        this.condition = new Condition(name);
        this.generations = new Generations(newest);
        this.rollout = new Rollout(name, condition, generations);
        this.onHold = new OnHold(name);
    }

    /** Why it is not run; what an earlier supervisor knew of that is for whoever starts this one to say. */
    Absence absence() {
        return absence;
    }

    /** Whether its new connections wait. */
    OnHold onHold() {
        return onHold;
    }

    /** Says that it is in the configuration and not to be started by itself; it must be stopped, or about to be. */
    void leaveUnstarted(Turn turn) {
        dropLater(ReloadOutcome.REPLACED, "a newer reload leaves the service stopped", turn);
        if (isStopped()) {
            rollout.wantNoMore();
        }
        absence.unstarted();
    }

    /** Whether a reload leaves it as it is, until it is started. */
    boolean waitsForStart(ServiceSpec spec) {
        return isStoppedOnRequest()
                || (!spec.autostart() && isStopped() && absence.givenUp().isEmpty());
    }

    ServiceName name() {
        return name;
    }

    /** What is counted of it. */
    Totals totals() {
        return totals;
    }

    void count(Totals more) {
        totals = totals.plus(more);
    }

    Optional<GenerationId> newest() {
        return generations.newest();
    }

    boolean isStopped() {
        return generations.areGone();
    }

    /** Whether nothing runs, and nobody waits for the figures of what did. */
    boolean isOver() {
        return isStopped() && partings.areOver();
    }

    boolean isStoppedOnRequest() {
        return absence.stopped().isPresent();
    }

    Optional<LastReload> lastReload() {
        return condition.lastReload();
    }

    /** Says how the last reload ended that it is not itself a part of. */
    void lastReload(LastReload reload) {
        condition.lastReload(reload);
    }

    /** Whether it is gone from the configuration; only its numbering is left. */
    boolean isRemoved() {
        return absence.isRemoved() && isStopped();
    }

    boolean wasTried() {
        return rollout.wasTried()
                || !rollout.isWanted()
                || absence.later().isPresent(); // those that it waits for are not tried, if need be
    }

    Optional<GenerationId> serving() {
        return outlook().serving().map(Generation::id);
    }

    /** Where it listens, or will when the handover under way is done; nowhere if it is to stop. */
    List<ListenAddress> listen() {
        return !rollout.isWanted() || isLeaving()
                ? List.of()
                : startedFrom().map(ServiceSpec::listen).orElse(List.of());
    }

    /** Any of its generations, or the one that serves where none is named. */
    Optional<Generation> generation(Optional<GenerationId> named) {
        return named.or(this::serving).flatMap(generations::find);
    }

    /** Has its first generation started when its turn comes. */
    void boot(ServiceSpec spec) {
        rollout.want();
        absence.later(new LaterStart(spec, Optional.empty()));
    }

    /** Starts what had to wait until now. */
    void startNow(LaterStart start, Turn turn) {
        absence.notLater();
        start.caller()
                .ifPresentOrElse(
                        caller -> rollout.begin(Target.first(start.spec()), caller, turn),
                        () -> rollout.keepTrying(start.spec(), turn));
        settle(turn);
    }

    /** One that it is to come after does not run soon. */
    void heldUp(LaterStart start, String why, Turn turn) {
        if (start.heldUp(why, turn)) {
            absence.notLater();
            rollout.wantNoMore();
        }
    }

    private void dropLater(ReloadOutcome outcome, String why, Turn turn) {
        absence.later().ifPresent(start -> {
            absence.notLater();
            start.dropped(outcome, why, turn);
        });
    }

    /** Goes on with a generation of an earlier supervisor. */
    void adopt(Remembered remembered, boolean stillWanted, Turn turn) {
        if (stillWanted && absence.givenUp().isPresent()) {
            rollout.want(); // by a reload or a start, beside what drains
        }
        rollout.adopt(remembered, stillWanted, turn);
        settle(turn);
    }

    /** Hands over to a new generation; where there is nothing to hand over from, that is started when its turn comes. */
    void reload(Target target, Caller caller, Turn turn) {
        handOver(target, caller, turn, rollout.isIdle());
    }

    /** Starts it at once, whomever it is to come after. */
    void start(ServiceSpec spec, Caller caller, Turn turn) {
        handOver(Target.first(spec), caller, turn, false);
    }

    private void handOver(Target target, Caller caller, Turn turn, boolean inOrder) {
        if ((!rollout.isWanted() || isLeaving()) && !isStopped()) {
            String why = name + " is being stopped";
            caller.ended(Findings.notBegun(name, serving(), ReloadOutcome.CANCELLED, why), turn);
            return;
        }
        Optional<String> busy = rollout.obstacle(target.spec(), turn.now()).or(onHold::on);
        if (target.busy() == IfBusy.REFUSE && busy.isPresent()) {
            caller.ended(
                    Findings.notBegun(name, serving(), ReloadOutcome.FAILED, busy.get() + "; nothing was changed"),
                    turn);
            return;
        }
        dropRemoval(ReloadOutcome.REPLACED, "a newer reload has the service again", turn);
        dropLater(ReloadOutcome.REPLACED, "a newer reload took its place before it began", turn);
        if (!onHold.isOn()) {
            rollout.endStandby("a newer reload begins", turn);
        }
        if (onHold.isOn() || rollout.obstacle(target.spec(), turn.now()).isPresent()) {
            rollout.await(target, caller, turn);
            return;
        }
        rollout.dropWaiting(turn);
        rollout.want();
        absence.over();
        if (inOrder) {
            absence.later(new LaterStart(target.spec(), Optional.of(condition.noting(caller))));
        } else {
            rollout.begin(target, condition.noting(caller), turn);
        }
        settle(turn);
    }

    /** Why it can't be rolled back, for people; empty if it can. */
    Optional<String> whyNoRollback() {
        return rollout.isWanted() && removal == null
                ? rollout.whyNoRollback()
                : Optional.of(name + " is to stop or to go, and is not rolled back");
    }

    /** What its last reloads were and came to. */
    History history() {
        return rollout.history();
    }

    /** The same, with what serves now. */
    Reply.History.OfService past() {
        Optional<Generation> serves = outlook().serving();
        return new Reply.History.OfService(
                name,
                serves.map(Generation::id),
                serves.map(Generation::spec),
                history().list());
    }

    /** Whether a new generation of it is tried on some of the clients now. */
    boolean hasCanary() {
        return rollout.canary().isPresent();
    }

    /** The canary that is being promoted; empty where none is. */
    Optional<Generation> promoted() {
        return rollout.promoted();
    }

    /** Has one more told when its canary has all new connections; only if one is being promoted. */
    void joinPromotion(RequestId request) {
        rollout.joinPromotion(request);
    }

    /** Tells its canary how to go on; only if it has one. */
    void decide(RequestId request, Request.CanaryDecision decision, String by, Turn turn) {
        Canary canary = rollout.canary().orElseThrow();
        switch (decision) {
            case PROMOTE -> rollout.promote(request, by, turn);
            case PAUSE -> {
                canary.pause("asked for by " + by, turn);
                turn.effect(new Effect.Answer(request, canary.decided()));
            }
            case RESUME -> {
                if (canary.isThrough()) {
                    String why = name + ": the last step is over; promote or rollback goes on, and nothing was changed";
                    turn.refuse(request, Reply.Reason.FAILED, why);
                    return;
                }
                canary.resume(turn);
                turn.effect(new Effect.Answer(request, canary.decided()));
            }
        }
        settle(turn);
    }

    /**
     * Why a new generation of what an earlier one was started from would not undo the last reload, for people; empty if it would.
     *
     * @param good the last good one before the one that serves
     */
    Optional<String> whyNoColdRollback(Optional<PastReload> good, long now) {
        if (!rollout.isWanted() || removal != null || rollout.isRollingBack()) {
            return whyNoRollback();
        }
        Optional<String> busy =
                good.map(PastReload::spec).or(rollout::startedFrom).flatMap(spec -> rollout.obstacle(spec, now));
        if (busy.isPresent()) {
            return busy.map(why -> why + ", and nothing warm is there to go back to");
        }
        if (good.isEmpty()) {
            return Optional.of("there is nothing to go back to: no generation of " + name
                    + " stands by, and no earlier good one is known; put the earlier program and configuration back, and run "
                    + CommandNames.CTL + " reload " + name
                    + " (with standby set, the generation before each reload stays warm for so long)");
        }
        return rollout.startedFrom()
                        .filter(serving -> serving.equals(good.get().spec()))
                        .isEmpty()
                ? Optional.empty()
                : Optional.of("nothing warm is there to go back to, and generation "
                        + good.get().generation()
                        + " of " + name
                        + " was started from the same configuration as the one that serves; put the earlier"
                        + " program back, and run " + CommandNames.CTL + " reload " + name + ", or reload --to an older"
                        + " generation that " + CommandNames.CTL + " history " + name + " shows");
    }

    /** Where the generation listens that it can be rolled back to. */
    List<ListenAddress> listenBack() {
        return rollout.listenBack();
    }

    /** Moves new connections back, as was asked for; only if it {@linkplain #whyNoRollback can be}. */
    void rollBack(Rollback why, Caller caller, Turn turn) {
        rollout.rollBack(why, caller, turn);
        settle(turn);
    }

    /**
     * Drains it for good: it is no longer in the configuration.
     *
     * @param takers who takes addresses of it over: it serves until they do
     */
    void remove(Caller caller, NavigableSet<ServiceName> takers, Turn turn) {
        onHold.end("the service is to go", turn);
        Removal asked = new Removal(name, condition.noting(caller), takers);
        if (isLeaving()) {
            onceStopped.add(then -> asked.report(ReloadOutcome.COMPLETED, name + " is removed", then));
            return;
        }
        dropRemoval(ReloadOutcome.REPLACED, "a newer reload took its place", turn);
        if (serving().isEmpty()) {
            asked.beginUnserved(rollout.incumbent(), turn);
        } else if (takers.isEmpty()) {
            asked.begin(rollout.incumbent(), turn);
        }
        if (asked.hasBegun()) {
            leave(asked, turn);
            return;
        }
        rollout.dropWaiting(ReloadOutcome.REPLACED, "a newer reload removes the service", turn);
        rollout.takeBack("since the service is to go", turn);
        caller.takeover(name).ready(name);
        turn.about(name)
                .info(
                        What.SERVICE_REMOVED,
                        name + " is no longer in the configuration, and serves until its addresses are taken over by "
                                + Words.and(takers));
        removal = asked;
        settle(turn);
    }

    private void leave(Removal asked, Turn turn) {
        removal = null;
        dropLater(ReloadOutcome.REPLACED, "a newer reload removes the service", turn);
        absence.removed();
        partings.begin(asked);
        stop("no longer in the configuration", turn, then -> partings.await(asked, then));
    }

    private boolean isLeaving() {
        return removal != null && removal.hasBegun();
    }

    private void dropRemoval(ReloadOutcome outcome, String why, Turn turn) {
        Removal pending = removal;
        if (pending != null) {
            removal = null;
            pending.report(outcome, why, turn);
        }
    }

    private void advanceRemoval(Turn turn) {
        Removal pending = removal;
        if (pending == null) {
            return;
        }
        Optional<String> failure = pending.failure();
        if (failure.isPresent()) {
            turn.about(name).error(name + ": " + failure.get());
            dropRemoval(ReloadOutcome.FAILED, failure.get(), turn);
            return;
        }
        if (!rollout.isUnderWay()) {
            pending.advance(rollout.incumbent(), turn);
        }
        if (pending.isOver(turn)) {
            leave(pending, turn);
        }
    }

    /** Drains and stops it, until it is started again. */
    void stopOnRequest(String by, Consumer<Turn> done, Turn turn) {
        absence.stopped(new Stopped(Optional.of(turn.wall()), by));
        stop("stop was asked for by " + by, turn, done);
    }

    /** How those drained that have gone since the stop was asked for; empty where none has connections. */
    Optional<DrainReport> drained() {
        return drained;
    }

    /** Drains what serves and ends the rest. */
    void stop(String reason, Turn turn, Consumer<Turn> stopped) {
        onHold.end(reason, turn);
        dropRemoval(ReloadOutcome.CANCELLED, reason, turn);
        onceStopped.add(stopped);
        absence.notGivenUp();
        if (rollout.isWanted()) {
            dropLater(ReloadOutcome.CANCELLED, name + " was told to stop before it was started: " + reason, turn);
        }
        rollout.cancel(reason, turn);
        settle(turn);
    }

    /** Ends every worker by TERM, or by KILL. */
    void stopNow(boolean kill, Turn turn) {
        for (Generation generation : generations.list()) {
            if (kill) {
                generation.kill("stop now", turn);
            } else {
                generation.stop("stop now", turn);
            }
        }
        settle(turn);
    }

    void on(Event.OfWorker event, Turn turn) {
        generations.find(event.worker().generation()).ifPresent(generation -> {
            generation.on(event, turn);
            settle(turn);
        });
    }

    void onDeadline(Turn turn) {
        generations.onDeadline(turn);
        partings.onDeadline(turn);
        onHold.onDeadline(turn);
        unsteered.advance(rollout.incumbent(), rollout.isFlipping(), turn);
        settle(turn);
    }

    long nextDeadline() {
        long own = Math.min(onHold.nextDeadline(), Math.min(unsteered.nextDeadline(), partings.nextDeadline()));
        long moving = Math.min(
                rollout.nextDeadline(removal == null), removal == null ? Long.MAX_VALUE : removal.nextDeadline());
        return Math.min(generations.nextDeadline(), Math.min(own, moving));
    }

    void on(Event.OfHold event, Turn turn) {
        onHold.on(event, turn);
        settle(turn); // a reload may have waited for it
    }

    void on(Event.OfGeneration event, Turn turn) {
        if (event instanceof Event.Unfit unfit && !rollout.isTakingBack()) {
            generations
                    .find(event.generation())
                    .filter(concerned -> concerned.state() == GenerationState.SERVING)
                    .ifPresent(concerned -> unsteered.refused(concerned, unfit.reason(), turn));
        }
        rollout.on(event, turn);
        if (removal != null) {
            removal.on(event);
        }
        partings.on(event, turn);
        settle(turn);
    }

    /** Draws the conclusions from where its generations stand. */
    private void settle(Turn turn) {
        rollout.advance(turn);
        advanceRemoval(turn);
        rollout.advanceStandby(removal == null, turn);
        if (beginWaiting(turn) || (giveUp(turn) && beginWaiting(turn))) {
            settle(turn);
        }
        rollout.removeStopped(turn).forEach(generation -> gone(generation, turn));
        nameAdopters(turn);
        if (isStopped()) {
            List<Consumer<Turn>> told = List.copyOf(onceStopped);
            onceStopped.clear();
            told.forEach(listener -> listener.accept(turn));
            drained = Optional.empty();
        }
    }

    private boolean beginWaiting(Turn turn) {
        boolean begun = !onHold.isOn() && rollout.beginWaiting(turn);
        if (begun) {
            absence.over();
        }
        return begun;
    }

    /**
     * Where no worker is started again and nothing new is under way: it ends, so that clients are refused and don't wait.
     *
     * @return whether that is so
     */
    private boolean giveUp(Turn turn) {
        Optional<Generation> hopeless = rollout.givenUp().filter(last -> removal == null);
        hopeless.ifPresent(last -> {
            Worker.Failure why = last.failure().orElseThrow();
            String reason = why.reason() + "; " + CommandNames.CTL + " start " + name + " tries again";
            turn.about(name).error(What.SERVICE_GIVEN_UP, name + " is given up, and stays down: " + reason);
            onHold.end("the service is given up", turn);
            absence.givenUp(new GivenUp(turn.wall(), reason, why.lastLines()));
            rollout.giveUp(last, reason, turn);
        });
        return hopeless.isPresent();
    }

    private void nameAdopters(Turn turn) {
        Map<WorkerId, ProcessId> able = rollout.adopters();
        if (!able.equals(adopters)) {
            adopters = able;
            turn.effect(new Effect.Adopters(name, able));
        }
    }

    private void gone(Generation generation, Turn turn) {
        generation.parting().report().ifPresent(drain -> turn.count(name, Counting.drained(drain.account())));
        if (!onceStopped.isEmpty()) {
            drained = Stream.of(drained, generation.parting().atStop())
                    .flatMap(Optional::stream)
                    .reduce(DrainReport::plus);
        }
    }

    /** What of it a supervisor that takes over could not go on with as it is; empty where all that runs serves. */
    Optional<String> motion() {
        Optional<String> busy = busy().or(rollout::going);
        if (busy.isPresent()) {
            return busy;
        }
        Optional<String> starting = generations.list().stream()
                .flatMap(generation -> generation.starting().stream())
                .findFirst();
        return starting.isEmpty() && serving().isPresent() && !isUp()
                ? Optional.of(name + " has no worker that accepts, and clients wait for one")
                : starting;
    }

    /** Which handover, or whose drain, stands before a new generation of it, for people; empty where none does. */
    Optional<String> handoverBefore(ServiceSpec spec, long now) {
        return rollout.obstacle(spec, now).filter(why -> rollout.isWanted() && !isLeaving());
    }

    /** Why no new generation of it can be started now, for people; empty if one can. */
    Optional<String> obstacle(ServiceSpec spec, long now) {
        return rollout.obstacle(spec, now).or(onHold::on).or(this::leaving);
    }

    /** What is being done with it, for people; empty where it is left to serve, or to stay as it is. */
    Optional<String> busy() {
        if (rollout.isUnderWay() || onHold.isOn()) {
            return rollout.underWay().or(onHold::on);
        }
        return leaving();
    }

    /** Which generations go though it goes on, for people; empty where none does. */
    Optional<String> going() {
        return rollout.going();
    }

    private Optional<String> leaving() {
        return removal != null || (!rollout.isWanted() && !isStopped())
                ? Optional.of(name + " is being stopped")
                : Optional.empty();
    }

    List<Remembered> remember() {
        return generations.remember();
    }

    boolean isUp() {
        return state() == ServiceState.RUNNING;
    }

    ServiceState state() {
        return outlook().state();
    }

    /** Why it is in that state, or not wholly up. */
    String reason() {
        return outlook().reason();
    }

    private Outlook outlook() {
        return new Outlook(
                isStopped(),
                !rollout.isWanted() || isLeaving(),
                rollout.isIdle(),
                rollout.incumbent(),
                absence,
                lastReload());
    }

    /** Notes how it fares at the end of a turn. */
    void conclude(Turn turn) {
        Outlook outlook = outlook();
        condition.is(outlook.state(), outlook.lack(), outlook.reason(), turn);
    }

    /** What its newest generation that is, or is to be, at work was started from. */
    Optional<ServiceSpec> startedFrom() {
        return rollout.startedFrom().or(() -> absence.later().map(LaterStart::spec));
    }

    /** With how many workers it runs, where that is another number than this has. */
    Optional<Workers> otherWorkers(ServiceSpec file) {
        return startedFrom()
                .filter(spec -> spec.workers() != file.workers())
                .map(spec -> new Workers(name, spec.workers(), file.workers()));
    }

    /** With how many workers it serves, where that is another number than this has, and will be. */
    Optional<Workers> servesWithOther(ServiceSpec file) {
        int now = generation(Optional.empty())
                .map(Generation::spec)
                .or(this::startedFrom)
                .map(ServiceSpec::workers)
                .orElse(file.workers());
        return otherWorkers(file)
                .filter(other -> now != file.workers())
                .map(other -> new Workers(name, now, file.workers()));
    }

    /** Whom it comes after, by what any of its generations was started from, also one that drains. */
    List<ServiceName> after() {
        return Stream.concat(
                        generations.list().stream().map(Generation::spec),
                        absence.later().map(LaterStart::spec).stream())
                .flatMap(spec -> spec.after().stream())
                .distinct()
                .toList();
    }

    /** One phrase for the service manager's status line. */
    String summary() {
        return name + ": " + outlook().summary(rollout.next().map(Generation::id));
    }

    ServiceStatus status(long now) {
        Outlook outlook = outlook();
        return new ServiceStatus(
                name,
                outlook.state(),
                outlook.since(condition.since()),
                outlook.reason(),
                outlook.lastLines(),
                serving(),
                outlook.serving().map(generation -> generation.spec().handover()),
                lastReload(),
                waiting(now),
                onHold.status(),
                generations.list().stream()
                        .map(generation -> status(generation, now))
                        .toList(),
                totals);
    }

    private Optional<String> waiting(long now) {
        String named = name + ": ";
        return rollout.waiting()
                .flatMap(spec -> rollout.obstacle(spec, now).or(onHold::on))
                .map(why -> why.startsWith(named) ? why.substring(named.length()) : why);
    }

    private GenerationStatus status(Generation generation, long now) {
        return rollout.status(generation, now);
    }
}
