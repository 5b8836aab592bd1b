package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.DrainReport;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Memory.GivenUp;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Memory.Stopped;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ServiceState;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.StartShare;
import dev.handover.supervisor.terms.Words;
import dev.handover.supervisor.terms.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One service: its generations, the handover under way between them, and the one that waits. */
final class Service {
    private final ServiceName name;
    private final Condition condition;
    private final Unsteered unsteered = new Unsteered();
    private final Absence absence = new Absence();
    private final Partings partings = new Partings();
    private final TreeMap<GenerationId, Generation> generations = new TreeMap<>();
    private final List<Consumer<Turn>> onceStopped = new ArrayList<>();

    private @Nullable GenerationId newest;
    /** The generation that serves, or, before any has served, the one that is tried again and again. */
    private @Nullable Generation incumbent;

    /** To the first generation: under way until it serves, or one that was started later does. */
    private @Nullable Handover boot;

    private @Nullable Handover handover;
    private @Nullable Standby standby;
    private @Nullable Waiting waiting;
    private @Nullable Removal removal;
    /** Of the generations that have gone since a stop was asked for. */
    private Optional<DrainReport> drained = Optional.empty();

    private Map<WorkerId, ProcessId> adopters = Map.of();
    private boolean wanted;
    /** Whether its first generation has served, or has failed at its first try. */
    private boolean tried;

    private record Waiting(ServiceSpec spec, Caller caller) {}

    /** Nothing runs yet; its generations go on from the newest it ever had. */
    Service(ServiceName name, @Nullable GenerationId newest) {
        this.name = name;
        this.newest = newest;
        this.condition = new Condition(name);
    }

    /** Why it is not run; what an earlier supervisor knew of that is for whoever starts this one to say. */
    Absence absence() {
        return absence;
    }

    /** Says that it is in the configuration and not to be started by itself; it must be stopped, or about to be. */
    void leaveUnstarted(Turn turn) {
        dropLater(ReloadOutcome.REPLACED, "a newer reload leaves the service stopped", turn);
        wanted &= !isStopped();
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

    Optional<GenerationId> newest() {
        return Optional.ofNullable(newest);
    }

    boolean isStopped() {
        return generations.isEmpty();
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
        return tried || !wanted || absence.later().isPresent(); // those that it waits for are not tried, if need be
    }

    Optional<GenerationId> serving() {
        return outlook().serving().map(Generation::id);
    }

    /** Where it listens, or will when the handover under way is done; nowhere if it is to stop. */
    List<ListenAddress> listen() {
        return !wanted || isLeaving()
                ? List.of()
                : startedFrom().map(ServiceSpec::listen).orElse(List.of());
    }

    /** Has its first generation started when its turn comes. */
    void boot(ServiceSpec spec) {
        wanted = true;
        absence.later(new LaterStart(spec, Optional.empty()));
    }

    /** Starts what had to wait until now. */
    void startNow(LaterStart start, Turn turn) {
        absence.notLater();
        start.caller()
                .ifPresentOrElse(
                        caller -> beginReload(start.spec(), caller, turn), () -> keepTrying(start.spec(), turn));
        settle(turn);
    }

    /** One that it is to come after does not run soon. */
    void heldUp(LaterStart start, String why, Turn turn) {
        if (start.heldUp(why, turn)) {
            absence.notLater();
            wanted = false;
        }
    }

    private void dropLater(ReloadOutcome outcome, String why, Turn turn) {
        absence.later().ifPresent(start -> {
            absence.notLater();
            start.dropped(outcome, why, turn);
        });
    }

    /** Starts its first generation, trying again until it serves. */
    private void keepTrying(ServiceSpec spec, Turn turn) {
        Generation first = begin(spec, AfterDeath.RESTART, turn);
        incumbent = first;
        boot = Handover.begin(Caller.NOBODY, Optional.empty(), first, turn);
    }

    /** Goes on with a generation of an earlier supervisor. */
    void adopt(Remembered remembered, boolean stillWanted, Turn turn) {
        // What stood by serves, where what served in its place has not survived.
        boolean alone = remembered.state() == GenerationState.STANDBY && incumbent == null && stillWanted;
        if (alone) {
            Generation.holdLeft(remembered, turn);
        }
        GenerationState was = alone ? GenerationState.SERVING : remembered.state();
        Generation generation = Generation.adopt(remembered.in(was), turn);
        generations.put(generation.id(), generation);
        Generation serves = incumbent;
        if (was == GenerationState.SERVING && stillWanted) {
            incumbent = generation;
            wanted = true;
            tried = true;
        } else if (was == GenerationState.SERVING) {
            generation.drain("the service is no longer wanted", turn);
        } else if (was == GenerationState.STANDBY && stillWanted && serves != null && handover == null) {
            generation.holdLeaving(turn);
            generation.quiesceToReturn("it is steered away from", turn);
            generation.standBy("adopted", turn);
            standby = Standby.of(generation, serves, turn);
        } else if (generation.state() == GenerationState.SERVING && serves != null && handover == null) {
            handover = Handover.resume(condition.noting(Caller.NOBODY), generation, serves, was, turn);
        } else if (generation.state() == GenerationState.SERVING) {
            generation.drain("it was draining", turn);
        }
        settle(turn);
    }

    /** Hands over to a new generation; where there is nothing to hand over from, that is started when its turn comes. */
    void reload(ServiceSpec spec, Caller caller, Turn turn) {
        handOver(spec, caller, turn, incumbent == null && handover == null);
    }

    /** Starts it at once, whomever it is to come after. */
    void start(ServiceSpec spec, Caller caller, Turn turn) {
        handOver(spec, caller, turn, false);
    }

    /** One that is asked for during a handover waits for its end. */
    private void handOver(ServiceSpec spec, Caller caller, Turn turn, boolean inOrder) {
        if ((!wanted || isLeaving()) && !isStopped()) {
            String why = name + " is being stopped";
            caller.ended(Handover.notBegun(name, serving(), ReloadOutcome.CANCELLED, why), turn);
            return;
        }
        dropRemoval(ReloadOutcome.REPLACED, "a newer reload has the service again", turn);
        dropLater(ReloadOutcome.REPLACED, "a newer reload took its place before it began", turn);
        endStandby("a newer reload begins", turn);
        if (handover != null) {
            dropWaiting(ReloadOutcome.REPLACED, "a newer reload took its place before it began", turn);
            waiting = new Waiting(spec, caller);
            turn.info(name + ": a reload waits for the handover to generation "
                    + handover.to().id());
        } else {
            wanted = true;
            absence.over();
            if (inOrder) {
                absence.later(new LaterStart(spec, Optional.of(condition.noting(caller))));
            } else {
                beginReload(spec, condition.noting(caller), turn);
            }
            settle(turn);
        }
    }

    private void dropWaiting(ReloadOutcome outcome, String why, Turn turn) {
        if (waiting != null) {
            turn.info(name + ": the waiting reload is dropped: " + why);
            waiting.caller().ended(Handover.notBegun(name, serving(), outcome, why), turn);
            waiting = null;
        }
    }

    private void beginReload(ServiceSpec spec, Caller caller, Turn turn) {
        Optional<Generation> from = Optional.ofNullable(incumbent);
        boolean gently = spec.settings().startShare() == StartShare.LOW
                && spec.handover() == Moving.STEERED
                && from.filter(Generation::isPinned).isPresent();
        Generation to = begin(spec, AfterDeath.NOTHING, turn);
        if (gently) {
            to.startGently();
        }
        handover = Handover.begin(caller, from, to, turn);
    }

    /** Why what it would take to roll back is not there, for people; empty if it is. */
    Optional<String> whyNoRollback() {
        if (!wanted || removal != null) {
            return Optional.of(name + " is to stop or to go, and is not rolled back");
        }
        if (handover != null && handover.isRollback()) {
            return Optional.of(name + " is being rolled back already, to generation "
                    + handover.to().id());
        }
        boolean warm = standby != null || (handover != null && handover.canBeGoneBackOn());
        return warm
                ? Optional.empty()
                : Optional.of("there is nothing warm to go back to: no generation of " + name
                        + " stands by; put the earlier program and configuration back, and run " + CommandNames.CTL
                        + " reload "
                        + name + " (with standby set, the generation before each reload stays warm for so long)");
    }

    /** Where the generation listens that it can be rolled back to. */
    List<ListenAddress> listenBack() {
        return Optional.ofNullable(standby)
                .map(Standby::warm)
                .or(() -> Optional.ofNullable(handover).flatMap(Handover::from))
                .map(warm -> warm.spec().listen())
                .orElse(List.of());
    }

    /** Moves new connections back, as was asked for; only if there is {@linkplain #whyNoRollback a generation to go back to}. */
    void rollBack(Rollback why, Caller caller, Turn turn) {
        dropWaiting(ReloadOutcome.REPLACED, "a rollback took its place before it began", turn);
        if (handover != null) {
            handover.goBackOn(why.reason(), turn);
            advanceHandover(turn);
        }
        flipBack(Objects.requireNonNull(standby), why, caller, turn);
    }

    /** Moves new connections back to the generation that stands by; a reload that waits begins thereafter. */
    private void flipBack(Standby back, Rollback why, Caller caller, Turn turn) {
        turn.warn(
                back.serving() + " is rolled back, " + why.reason() + "; new connections are moved back to generation "
                        + back.warm().id());
        handover = Handover.back(condition.noting(caller), back.serving(), back.warm(), why, turn);
        settle(turn);
    }

    private void endStandby(String why, Turn turn) {
        Standby over = standby;
        if (over != null && handover == null) {
            standby = null;
            turn.info(over.warm() + " stands by no more: " + why);
            handover = Handover.afterStandby(condition.notingVerdict(), over.warm(), over.serving(), turn);
        }
    }

    private void advanceStandby(Turn turn) {
        if (standby != null && !standby.lasts()) {
            standby = null;
        }
        if (standby == null || handover != null || removal != null) {
            return;
        }
        Optional<String> fallen = standby.fallen(turn);
        Optional<String> over = waiting == null ? standby.over(turn) : Optional.of("a newer reload waits");
        if (fallen.isPresent()) {
            flipBack(standby, Rollback.byItself(fallen.get()), Caller.NOBODY, turn);
        } else if (over.isPresent()) {
            endStandby(over.get(), turn);
            advanceHandover(turn);
        }
    }

    private Generation begin(ServiceSpec spec, AfterDeath whileStarting, Turn turn) {
        newest = newest == null ? new GenerationId(1) : newest.next();
        Generation generation = Generation.start(spec, newest, whileStarting, turn);
        generations.put(newest, generation);
        return generation;
    }

    /**
     * Drains it for good: it is no longer in the configuration.
     *
     * @param takers who takes addresses of it over: it serves until they do
     */
    void remove(Caller caller, NavigableSet<ServiceName> takers, Turn turn) {
        Removal asked = new Removal(name, condition.noting(caller), takers);
        if (isLeaving()) {
            onceStopped.add(then -> asked.report(ReloadOutcome.COMPLETED, name + " is removed", then));
            return;
        }
        dropRemoval(ReloadOutcome.REPLACED, "a newer reload took its place", turn);
        if (serving().isEmpty()) {
            asked.beginUnserved(incumbent, turn);
        } else if (takers.isEmpty()) {
            asked.begin(incumbent, turn);
        }
        if (asked.hasBegun()) {
            leave(asked, turn);
            return;
        }
        dropWaiting(ReloadOutcome.REPLACED, "a newer reload removes the service", turn);
        caller.takeover(name).ready(name);
        turn.info(name + " is no longer in the configuration, and serves until its addresses are taken over by "
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
            turn.error(name + ": " + failure.get());
            dropRemoval(ReloadOutcome.FAILED, failure.get(), turn);
            return;
        }
        if (handover == null) {
            pending.advance(incumbent, turn);
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
        dropRemoval(ReloadOutcome.CANCELLED, reason, turn);
        onceStopped.add(stopped);
        absence.notGivenUp();
        standby = null;
        if (wanted) {
            wanted = false;
            dropLater(ReloadOutcome.CANCELLED, name + " was told to stop before it was started: " + reason, turn);
            dropWaiting(ReloadOutcome.CANCELLED, reason, turn);
            boot = null;
            if (handover != null) {
                handover.cancel(turn);
            }
            for (Generation generation : List.copyOf(generations.values())) {
                generation.end(reason, turn);
            }
        }
        settle(turn);
    }

    /** Ends every worker by TERM, or by KILL. */
    void stopNow(boolean kill, Turn turn) {
        for (Generation generation : List.copyOf(generations.values())) {
            if (kill) {
                generation.kill("stop now", turn);
            } else {
                generation.stop("stop now", turn);
            }
        }
        settle(turn);
    }

    void on(Event.OfWorker event, Turn turn) {
        Generation generation = generations.get(event.worker().generation());
        if (generation != null) {
            generation.on(event, turn);
            settle(turn);
        }
    }

    void onDeadline(Turn turn) {
        for (Generation generation : List.copyOf(generations.values())) {
            generation.onDeadline(turn);
        }
        partings.onDeadline(turn);
        unsteered.advance(incumbent, handover != null && handover.isFlipping(), turn);
        settle(turn);
    }

    long nextDeadline() {
        long ofGenerations = generations.values().stream()
                .mapToLong(Generation::nextDeadline)
                .min()
                .orElse(Long.MAX_VALUE);
        long own = Math.min(ofGenerations, Math.min(unsteered.nextDeadline(), partings.nextDeadline()));
        long ofStandby =
                standby != null && handover == null && removal == null ? standby.nextDeadline() : Long.MAX_VALUE;
        return Stream.of(boot, handover)
                .filter(Objects::nonNull)
                .mapToLong(Handover::nextDeadline)
                .reduce(removal == null ? Math.min(own, ofStandby) : Math.min(own, removal.nextDeadline()), Math::min);
    }

    void on(Event.OfGeneration event, Turn turn) {
        Generation concerned = generations.get(event.generation());
        if (event instanceof Event.Steered steered && concerned != null) {
            concerned.steeredAs(steered.mode());
        }
        if (event instanceof Event.Steered steered
                && steered.mode() != Ledger.Mode.STEERED
                && concerned != null
                && concerned.wasSteered()) {
            turn.warn(name + " generation " + steered.generation() + " can't be steered to: " + steered.why()
                    + "; its handover is " + steered.mode());
        }
        if (event instanceof Event.Unfit unfit && concerned != null && concerned.state() == GenerationState.SERVING) {
            unsteered.refused(concerned, unfit.reason(), turn);
        }
        if (handover != null) {
            handover.on(event, turn);
            takeUp(handover);
        }
        if (boot != null) {
            boot.on(event, turn);
        }
        if (removal != null) {
            removal.on(event);
        }
        partings.on(event, turn);
        settle(turn);
    }

    /** Draws the conclusions from where its generations stand. */
    private void settle(Turn turn) {
        advanceBoot(turn);
        advanceHandover(turn);
        advanceRemoval(turn);
        advanceStandby(turn);
        beginWaiting(turn);
        giveUp(turn);
        for (Generation generation : List.copyOf(generations.values())) {
            if (generation.state() == GenerationState.STOPPED) {
                gone(generation, turn);
            }
        }
        nameAdopters(turn);
        if (generations.isEmpty()) {
            List<Consumer<Turn>> told = List.copyOf(onceStopped);
            onceStopped.clear();
            told.forEach(listener -> listener.accept(turn));
            drained = Optional.empty();
        }
    }

    /** Where no worker is started again and nothing new is under way: it ends, so that clients are refused and don't wait. */
    private void giveUp(Turn turn) {
        Generation last = incumbent;
        boolean isLeftAlone = handover == null && removal == null && standby == null;
        if (wanted && last != null && last.isGivenUp() && isLeftAlone) {
            Worker.Failure why = last.failure().orElseThrow();
            String reason = why.reason() + "; " + CommandNames.CTL + " start " + name + " tries again";
            turn.error(name + " is given up, and stays down: " + reason);
            absence.givenUp(new GivenUp(turn.wall(), reason, why.lastLines()));
            wanted = false;
            boot = null;
            last.end("given up", turn);
        }
    }

    /** Those of the generation that serves: it is there the longest. */
    private void nameAdopters(Turn turn) {
        Generation last = incumbent;
        Map<WorkerId, ProcessId> able =
                last != null && last.state() == GenerationState.SERVING ? last.adopters() : Map.of();
        if (!able.equals(adopters)) {
            adopters = able;
            turn.effect(new Effect.Adopters(name, able));
        }
    }

    private void gone(Generation generation, Turn turn) {
        generations.remove(generation.id());
        if (!onceStopped.isEmpty()) {
            drained = Stream.of(drained, generation.parted())
                    .flatMap(Optional::stream)
                    .reduce(DrainReport::plus);
        }
        if (generation.mayBeHeld() && (handover == null || !handover.releases(generation))) {
            generation.release(turn);
        }
        if (incumbent == generation) {
            incumbent = null;
        }
    }

    private void advanceBoot(Turn turn) {
        Handover running = boot;
        if (running != null) {
            Generation first = running.to();
            boolean superseded = handover != null && handover.isFlipping();
            if (first.state() != GenerationState.STARTING || !superseded) { // else it would be steered back to
                running.advance(turn);
            }
            tried |=
                    first.state() == GenerationState.STARTING && first.failure().isPresent();
            takeUp(running);
        }
    }

    /** Where its new generation serves now, that one is the incumbent, and nothing is left to be tried. */
    private void takeUp(Handover running) {
        if (running.to().state() == GenerationState.SERVING) {
            incumbent = running.to();
            tried = true;
            boot = null;
        }
    }

    private void advanceHandover(Turn turn) {
        Handover running = handover;
        if (running == null) {
            return;
        }
        running.advance(turn);
        takeUp(running);
        if (running.hasEnded()) {
            finish(running, turn);
        }
    }

    private void finish(Handover running, Turn turn) {
        handover = null;
        if (running.hasFailed() && incumbent == null) {
            wanted = false;
        }
        running.report(turn);
        if (standby != null) {
            standby.failed(turn);
        } else if (running.standsBy()) {
            standby = Standby.of(running.from().orElseThrow(), running.to(), turn);
        }
    }

    private void beginWaiting(Turn turn) {
        Waiting next = waiting;
        if (next != null && handover == null && standby == null) {
            waiting = null;
            wanted = true;
            beginReload(next.spec(), condition.noting(next.caller()), turn);
            settle(turn);
        }
    }

    /** What of it a supervisor that takes over could not go on with as it is; empty where all that runs serves. */
    Optional<String> motion() {
        if (handover != null) {
            return Optional.of(
                    name + ": a handover to generation " + handover.to().id() + " is under way");
        }
        if (removal != null || (!wanted && !isStopped())) {
            return Optional.of(name + " is being stopped");
        }
        Optional<String> starting = generations.values().stream()
                .flatMap(generation -> generation.starting().stream())
                .findFirst();
        return starting.isEmpty() && serving().isPresent() && !isUp()
                ? Optional.of(name + " has no worker that accepts, and clients wait for one")
                : starting;
    }

    List<Remembered> remember() {
        return generations.values().stream().map(Generation::remember).toList();
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
        return new Outlook(isStopped(), !wanted || isLeaving(), Optional.ofNullable(incumbent), absence, lastReload());
    }

    /** Notes how it fares at the end of a turn. */
    void conclude(Turn turn) {
        Outlook outlook = outlook();
        condition.is(outlook.state(), outlook.lack(), outlook.reason(), turn);
    }

    /** What its newest generation that is, or is to be, at work was started from. */
    Optional<ServiceSpec> startedFrom() {
        if (handover != null && !handover.hasFailed()) {
            return Optional.of(handover.to().spec());
        }
        return Optional.ofNullable(incumbent)
                .map(Generation::spec)
                .or(() -> absence.later().map(LaterStart::spec));
    }

    /** Whom it comes after, by what any of its generations was started from, also one that drains. */
    List<ServiceName> after() {
        return Stream.concat(
                        generations.values().stream().map(Generation::spec),
                        absence.later().map(LaterStart::spec).stream())
                .flatMap(spec -> spec.after().stream())
                .distinct()
                .toList();
    }

    /** One phrase for the service manager's status line. */
    String summary() {
        return name + ": "
                + outlook()
                        .summary(Optional.ofNullable(handover).map(Handover::to).map(Generation::id));
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
                generations.values().stream()
                        .map(generation -> status(generation, now))
                        .toList());
    }

    private GenerationStatus status(Generation generation, long now) {
        GenerationStatus status = generation.status(now);
        return standby != null && standby.warm() == generation ? status.standingBy(standby.left(now)) : status;
    }
}
