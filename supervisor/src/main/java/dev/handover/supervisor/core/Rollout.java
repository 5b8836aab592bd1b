package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.IfBusy;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import dev.handover.supervisor.terms.StartShare;
import dev.handover.supervisor.terms.Words;
import dev.handover.supervisor.terms.WorkerId;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the generations of one service follow one another: the start of the first, the handover under way, the reload that waits
 * for its end, and the generation that stands by.
 */
final class Rollout {
    private final ServiceName name;
    private final Condition condition;
    private final Generations generations;
    private final History history = new History();

    /** The generation that serves, or, before any has served, the one that is tried again and again. */
    private @Nullable Generation incumbent;

    /** To the first generation: under way until it serves, or one that was started later does. */
    private @Nullable Handover boot;

    private @Nullable Handover handover;
    private @Nullable Standby standby;
    private @Nullable Waiting waiting;
    private boolean wanted;
    /** Whether its first generation has served, or has failed at its first try. */
    private boolean tried;

    private final LeftBehind leftBehind = new LeftBehind();
    private final Promotions promotions = new Promotions();
    /** Why the generation that the handover under way leaves counts as good no more once it has; empty if it does. */
    private String undoes = "";

    private record Waiting(Target target, Caller caller) {}

    Rollout(ServiceName name, Condition condition, Generations generations) {
        this.name = name;
        this.condition = condition;
        this.generations = generations;
    }

    /** Whether a generation of it is to serve. */
    boolean isWanted() {
        return wanted;
    }

    void want() {
        wanted = true;
    }

    void wantNoMore() {
        wanted = false;
    }

    /** What its last reloads were and came to. */
    History history() {
        return history;
    }

    boolean wasTried() {
        return tried;
    }

    Optional<Generation> incumbent() {
        return Optional.ofNullable(incumbent);
    }

    /** Whether a new generation is being handed over to, or what stood by goes. */
    boolean isUnderWay() {
        return handover != null;
    }

    /** What is under way, for people; empty where nothing is. */
    Optional<String> underWay() {
        return next().map(to -> name + ": a handover to generation " + to.id() + " is under way");
    }

    /**
     * Why a reload can't begin now, for people; empty if it can. What stands by does not count: it makes room, and is waited for.
     *
     * @param to what its generation is to be started from
     */
    Optional<String> obstacle(ServiceSpec to, long now) {
        if (handover != null && !handover.mayBeLeftBehind()) {
            return handover.seesItGo() && atLimit(to) ? Optional.of(limit(to, now)) : underWay();
        }
        return atLimit(to) ? Optional.of(limit(to, now)) : Optional.empty();
    }

    private boolean atLimit(ServiceSpec to) {
        return alive().size() >= to.maxGenerations();
    }

    private String limit(ServiceSpec to, long now) {
        return Limit.reached(name, to, alive(), now);
    }

    /** Those that count, from the oldest on. One that is being ended, and no handover waits for, is as good as gone. */
    private Collection<Generation> alive() {
        Set<GenerationState> ending = EnumSet.of(GenerationState.STOPPING, GenerationState.STOPPED);
        TreeMap<GenerationId, Generation> alive = new TreeMap<>();
        generations.list().stream()
                .filter(one -> !ending.contains(one.state()))
                .filter(one -> standby == null || standby.warm() != one)
                .forEach(one -> alive.put(one.id(), one));
        Stream.concat(leftBehind.going().stream(), Optional.ofNullable(handover).flatMap(Handover::from).stream())
                .forEach(one -> alive.put(one.id(), one));
        return alive.values();
    }

    /** Which generations go while the service goes on, for people; empty where none does. */
    Optional<String> going() {
        return leftBehind.isEmpty()
                ? Optional.empty()
                : Optional.of(name + ": " + Words.and(leftBehind.going()) + " is not gone yet");
    }

    /** What the reload is to start that has not begun; empty where none waits. */
    Optional<ServiceSpec> waiting() {
        return Optional.ofNullable(waiting).map(one -> one.target().spec());
    }

    /** Whether nothing serves, and nothing is on its way to. */
    boolean isIdle() {
        return incumbent == null && handover == null;
    }

    /** Whether steering is asked to move new connections, and has not answered. */
    boolean isFlipping() {
        return handover != null && handover.isFlipping();
    }

    /** Whether a canary's clients are being led to the generation that serves, which does all the while. */
    boolean isTakingBack() {
        return handover != null && handover.isTakingBack();
    }

    /** The generation that new connections are being moved to, or what stood by goes in favour of. */
    Optional<Generation> next() {
        return Optional.ofNullable(handover).map(Handover::to);
    }

    /** What its newest generation that is, or is to be, at work was started from. */
    Optional<ServiceSpec> startedFrom() {
        return Optional.ofNullable(handover)
                .filter(running -> !running.hasFailed())
                .map(Handover::to)
                .or(this::incumbent)
                .map(Generation::spec);
    }

    /** How a generation fares, with how long it still stands by, or how far it has come as a canary. */
    GenerationStatus status(Generation generation, long now) {
        GenerationStatus status = generation.status(now);
        if (standby != null && standby.warm() == generation) {
            return status.standingBy(standby.left(now));
        }
        return canary().filter(one -> one.generation() == generation)
                .map(one -> status.onCanary(one.status(now)))
                .orElse(status);
    }

    /** Starts the first generation, trying again until it serves. */
    void keepTrying(ServiceSpec spec, Turn turn) {
        Generation first = generations.start(spec, AfterDeath.RESTART, turn);
        incumbent = first;
        boot = Handover.begin(Caller.NOBODY, Optional.empty(), first, Optional.empty(), turn);
    }

    /** Goes on with a generation of an earlier supervisor. */
    void adopt(Remembered remembered, boolean stillWanted, Turn turn) {
        // What stood by, or had some of the clients, serves where what served has not survived.
        boolean aside =
                EnumSet.of(GenerationState.STANDBY, GenerationState.CANARY).contains(remembered.state());
        boolean alone = aside && incumbent == null && stillWanted;
        if (alone) {
            Lead.holdLeft(remembered, turn);
        }
        GenerationState was = alone ? GenerationState.SERVING : asItGoes(remembered.state());
        Generation generation = Generation.adopt(remembered.in(was), turn);
        generations.add(generation);
        Generation serves = incumbent;
        boolean begun = remembered.state() == GenerationState.STARTING;
        if (serves != null && begun) {
            gaveUp(generation, serves, turn);
        }
        if (was == GenerationState.SERVING && stillWanted) {
            incumbent = generation;
            wanted = true;
            tried = true;
            history.serves(generation, turn);
        } else if (was == GenerationState.SERVING) {
            generation.drain("the service is no longer wanted", turn);
        } else if (was == GenerationState.STANDBY && stillWanted && serves != null && standby == null && onlyDrains()) {
            if (handover != null) {
                leftBehind.add(handover); // what stands by is decided of where nothing else is under way
                handover = null;
            }
            generation.lead().holdLeaving(turn);
            generation.quiesceToReturn("it is steered away from", turn);
            generation.standBy("adopted", turn);
            standby = Standby.of(generation, serves, turn);
        } else if (generation.state() == GenerationState.SERVING
                && serves != null
                && begun
                && makesWay(GenerationState.QUIESCING)) {
            resume(Handover.resumeUnserved(generation, serves, turn)); // what is noted of it has been
        } else if (generation.state() == GenerationState.SERVING && serves != null && !begun && makesWay(was)) {
            resume(Handover.resume(condition.noting(Caller.NOBODY), generation, serves, was, turn));
        } else if (generation.state() == GenerationState.SERVING) {
            generation.drain(begun ? "it had not finished starting" : "it was draining", turn);
        }
    }

    /** The reload to it ended with the supervisor that carried it out, which has told nobody. */
    private void gaveUp(Generation begun, Generation serves, Turn turn) {
        String why = "the supervisor that had begun it ended before " + begun + " served; generation " + serves.id()
                + " still serves";
        history.ended(begun, ReloadOutcome.FAILED, why, turn);
        condition.lastReload(new LastReload(
                turn.wall(), Optional.of(begun.id()), ReloadOutcome.FAILED, why, List.of(), Optional.empty()));
        turn.count(name, Counting.reload(ReloadOutcome.FAILED));
    }

    /** Whether the way out of another generation can be gone on with: at most one at a time is more than a drain. */
    private boolean makesWay(GenerationState was) {
        return onlyDrains() || was != GenerationState.QUIESCING;
    }

    private boolean onlyDrains() {
        return handover == null || handover.seesItGo();
    }

    private void resume(Handover resumed) {
        if (handover == null) {
            handover = resumed;
        } else if (handover.seesItGo()) {
            leftBehind.add(handover);
            handover = resumed;
        } else {
            leftBehind.add(resumed);
        }
    }

    /** A canary is gone on with as one that all are led away from. */
    private static GenerationState asItGoes(GenerationState state) {
        return state == GenerationState.CANARY ? GenerationState.QUIESCING : state;
    }

    /** Has a reload wait for the end of the handover under way, which a canary's is then; one that waited already is dropped. */
    void await(Target target, Caller caller, Turn turn) {
        dropWaiting(turn);
        if (target.busy() == IfBusy.REPLACE && handover != null) {
            handover.makeRoom(turn);
        }
        waiting = new Waiting(target, caller);
        obstacle(target.spec(), turn.now())
                .ifPresent(
                        why -> turn.about(name).info(What.RELOAD_WAITS, why + "; a reload waits for the end of that"));
        takeBack("since a newer reload is to have its place", turn);
    }

    /** A newer reload has the place of the one that waits, if one does. */
    void dropWaiting(Turn turn) {
        dropWaiting(ReloadOutcome.REPLACED, "a newer reload took its place before it began", turn);
    }

    void dropWaiting(ReloadOutcome outcome, String why, Turn turn) {
        if (waiting != null) {
            turn.about(name).info(What.RELOAD_DROPPED, name + ": the waiting reload is dropped: " + why);
            Optional<GenerationId> serving = incumbent()
                    .filter(one -> one.state() == GenerationState.SERVING)
                    .map(Generation::id);
            waiting.caller().ended(Findings.notBegun(name, serving, outcome, why), turn);
            waiting = null;
        }
    }

    /** Hands over to a new generation; only if {@linkplain #obstacle nothing stands against it}. */
    void begin(Target target, Caller caller, Turn turn) {
        leftBehind.leaveBehind();
        if (handover != null) {
            leaveBehind(handover, turn);
        }
        wanted = true;
        undoes = target.undoes();
        ServiceSpec spec = target.spec();
        boolean gently = spec.settings().startShare() == StartShare.LOW
                && spec.handover() == Moving.STEERED
                && incumbent().filter(Generation::isPinned).isPresent();
        Generation to = generations.start(spec, AfterDeath.NOTHING, turn);
        if (gently) {
            to.startGently();
        }
        handover = Handover.begin(caller, incumbent(), to, target.canary(), turn);
    }

    /** What it has come to is known, but for what becomes of the connections of the generation that drains. */
    private void leaveBehind(Handover running, Turn turn) {
        handover = null;
        running.leaveBehind();
        leftBehind.add(running);
        running.rolledBack()
                .ifPresentOrElse(
                        why -> history.ended(running.from().orElseThrow(), ReloadOutcome.FAILED, why, turn),
                        () -> history.serves(running.to(), turn));
        undo(running, turn);
    }

    /** What it has left counts as good no more, where it was begun for that. */
    private void undo(Handover running, Turn turn) {
        if (running.isNew() && !undoes.isEmpty()) {
            running.from().ifPresent(old -> history.ended(old, ReloadOutcome.FAILED, undoes, turn));
        }
    }

    boolean isRollingBack() {
        return handover != null && handover.isRollback();
    }

    /** Why what it would take to roll back is not there, for people; empty if it is. */
    Optional<String> whyNoRollback() {
        if (isRollingBack()) {
            return next().map(to -> name + " is being rolled back already, to generation " + to.id());
        }
        boolean warm = standby != null || canary().isPresent() || (handover != null && handover.canBeGoneBackOn());
        return warm
                ? Optional.empty()
                : Optional.of("there is nothing warm to go back to: no generation of " + name + " stands by");
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
        if (canary().isPresent()) {
            takeBack(why, Optional.of(caller), turn);
            return;
        }
        if (handover != null) {
            handover.goBackOn(why.reason(), turn);
            advanceHandover(turn);
        }
        flipBack(Objects.requireNonNull(standby), why, caller, turn);
    }

    /** Moves new connections back to the generation that stands by; a reload that waits begins thereafter. */
    private void flipBack(Standby back, Rollback why, Caller caller, Turn turn) {
        turn.about(name)
                .warn(
                        What.ROLLED_BACK,
                        back.serving() + " is rolled back, " + why.reason()
                                + "; new connections are moved back to generation "
                                + back.warm().id());
        handover = Handover.back(condition.notingRollback(caller), back.serving(), back.warm(), why, turn);
    }

    /** Where a canary stands; empty where there is none. */
    Optional<Canary> canary() {
        return Optional.ofNullable(handover).flatMap(Handover::canary);
    }

    /** Has all new connections go to the canary; whoever asks is told when they do. Only if there is one. */
    void promote(RequestId request, String by, Turn turn) {
        Canary canary = canary().orElseThrow();
        promotions.asked(request, canary.generation());
        canary.promote("asked for by " + by, turn);
    }

    /** The canary that all new connections are being moved to; empty where none is. */
    Optional<Generation> promoted() {
        return next().filter(to -> isFlipping() && to.isOnCanary());
    }

    /** Has one who asks for what is being done already told when it is; only if a canary is {@linkplain #promoted promoted}. */
    void joinPromotion(RequestId request) {
        promotions.asked(request, promoted().orElseThrow());
    }

    /** Has a canary make room, if there is one. */
    void takeBack(String why, Turn turn) {
        if (canary().isPresent()) {
            takeBack(Rollback.replaced(why), Optional.empty(), turn);
        }
    }

    private void takeBack(Rollback why, Optional<Caller> asked, Turn turn) {
        Handover canary = Objects.requireNonNull(handover);
        canary.undo(why, turn);
        goBack(canary, why, asked, turn);
    }

    /** Leads all new connections to the generation that serves; those who asked for the canary are told when it is gone. */
    private void goBack(Handover canary, Rollback why, Optional<Caller> asked, Turn turn) {
        Generation serving = canary.from().orElseThrow();
        turn.about(name)
                .warn(
                        What.ROLLED_BACK,
                        canary.to() + " is rolled back, " + why.reason()
                                + "; all new connections are led to generation " + serving.id() + " again");
        handover = Handover.takingBack(
                new Caller.OfUndone(condition.notingRollback(asked.orElse(Caller.NOBODY)), canary, asked.isEmpty()),
                canary.to(),
                serving,
                why,
                turn);
    }

    /** Has what stands by go; during a handover it is that which decides of it. */
    void endStandby(String why, Turn turn) {
        Standby over = standby;
        if (over != null && handover == null) {
            standby = null;
            turn.about(name).info(over.warm() + " stands by no more: " + why);
            handover = Handover.afterStandby(condition.notingVerdict(), over.warm(), over.serving(), turn);
        }
    }

    /** Ends all of it: what runs is told by the caller. */
    void cancel(String why, Turn turn) {
        standby = null;
        if (wanted) {
            wanted = false;
            dropWaiting(ReloadOutcome.CANCELLED, why, turn);
            boot = null;
            if (handover != null) {
                handover.cancel(turn);
            }
            leftBehind.cancel(turn);
            generations.list().forEach(generation -> generation.end(why, turn));
        }
    }

    void on(Event.OfGeneration event, Turn turn) {
        if (event instanceof Event.Steered steered) {
            generations.find(event.generation()).ifPresent(concerned -> steered(steered, concerned, turn));
        }
        leftBehind.on(event, turn);
        if (handover != null && event instanceof Event.CanaryMet met) {
            handover.met(met);
        } else if (handover != null) {
            handover.on(event, turn);
            takeUp(handover);
        }
        if (boot != null) {
            boot.on(event, turn);
        }
    }

    private void steered(Event.Steered how, Generation concerned, Turn turn) {
        concerned.lead().steeredAs(how.mode());
        if (how.mode() != Ledger.Mode.STEERED && concerned.lead().wasSteered()) {
            turn.about(name)
                    .warn(name + " generation " + how.generation() + " can't be steered to: " + how.why()
                            + "; its handover is " + how.mode());
        }
    }

    /** Goes as far as where the generations stand allows. */
    void advance(Turn turn) {
        advanceBoot(turn);
        advanceHandover(turn);
        leftBehind.advance(turn);
        for (Optional<Handover> ended = leftBehind.takeEnded(); ended.isPresent(); ended = leftBehind.takeEnded()) {
            report(ended.get(), turn);
        }
    }

    private void advanceBoot(Turn turn) {
        Handover running = boot;
        if (running != null) {
            Generation first = running.to();
            if (!isFlipping()) { // else it would be steered back to
                running.advance(turn);
            }
            tried |=
                    first.state() == GenerationState.STARTING && first.failure().isPresent();
            takeUp(running);
            if (boot == null) {
                history.serves(first, turn);
            }
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
        Optional<Rollback> undone = running.undone();
        if (undone.isPresent()) {
            goBack(running, undone.get(), Optional.empty(), turn);
        } else if (running.hasEnded()) {
            finish(running, turn);
        }
        promotions.answer(isFlipping(), turn);
    }

    private void finish(Handover running, Turn turn) {
        handover = null;
        if (running.hasFailed() && incumbent == null && leftBehind.isEmpty()) {
            wanted = false;
        }
        report(running, turn);
        if (standby != null) {
            standby.failed(turn);
        } else if (running.standsBy()) {
            standby = Standby.of(running.from().orElseThrow(), running.to(), turn);
        }
    }

    private void report(Handover ended, Turn turn) {
        ReloadReport report = ended.report(incumbent(), turn);
        turn.count(name, Counting.handover(report));
        remember(ended, report, turn);
    }

    private void remember(Handover ended, ReloadReport report, Turn turn) {
        if (ended.isRollback() && report.rolledBack()) {
            history.ended(ended.from().orElseThrow(), ReloadOutcome.FAILED, report.reason(), turn);
        } else if (report.outcome() == ReloadOutcome.FAILED && ended.isNew()) {
            history.ended(ended.to(), ReloadOutcome.FAILED, report.reason(), turn);
        } else if (report.outcome() != ReloadOutcome.COMPLETED && ended.isNew() && !report.hasFlipped()) {
            history.ended(ended.to(), report.outcome(), report.reason(), turn);
        } else if (ended.isNew() || report.outcome() == ReloadOutcome.COMPLETED) { // or was told to stop once it served
            history.serves(ended.to(), turn);
        }
        if (report.hasFlipped() && !ended.isLeftBehind()) {
            undo(ended, turn);
        }
    }

    /**
     * Goes on from what stands by, and then with what waits.
     *
     * @param stays whether the service is not about to go, which would decide of it
     */
    void advanceStandby(boolean stays, Turn turn) {
        if (standby != null && !standby.lasts()) {
            standby = null;
        }
        if (standby != null && handover == null && stays) {
            Optional<String> fallen = standby.fallen(turn);
            Optional<String> over = waiting == null ? standby.over(turn) : Optional.of("a newer reload waits");
            if (fallen.isPresent()) {
                flipBack(standby, Rollback.byItself(fallen.get()), Caller.NOBODY, turn);
                advance(turn);
            } else if (over.isPresent()) {
                endStandby(over.get(), turn);
                advanceHandover(turn);
            }
        }
    }

    /** Whether the reload that waited has begun. */
    boolean beginWaiting(Turn turn) {
        Waiting next = waiting;
        if (next == null
                || standby != null
                || obstacle(next.target().spec(), turn.now()).isPresent()) {
            return false;
        }
        waiting = null;
        begin(next.target(), condition.noting(next.caller()), turn);
        return true;
    }

    /** What serves, if none of its workers is started again and nothing else is under way but drains. */
    Optional<Generation> givenUp() {
        boolean alone = wanted && (handover == null || handover.seesItGo()) && standby == null;
        return incumbent().filter(last -> alone && last.isGivenUp());
    }

    /** Nothing is tried any more; what drains goes on with that. */
    void giveUp(Generation last, String why, Turn turn) {
        incumbent = null;
        boot = null;
        if (handover != null) {
            leaveBehind(handover, turn);
            history.ended(last, ReloadOutcome.FAILED, why, turn);
        }
        last.end("given up", turn);
    }

    /** Takes those out of which no worker is left, and lets go of what is held of them. */
    List<Generation> removeStopped(Turn turn) {
        List<Generation> stopped = generations.takeStopped();
        for (Generation generation : stopped) {
            boolean released = leftBehind.releases(generation) || (handover != null && handover.releases(generation));
            if (generation.lead().mayBeHeld() && !released) {
                generation.lead().release(turn);
            }
            if (incumbent == generation) {
                incumbent = null;
            }
        }
        return stopped;
    }

    /** The workers that can adopt what a dead one left behind: those of the generation that serves are there the longest. */
    Map<WorkerId, ProcessId> adopters() {
        return incumbent()
                .filter(last -> last.state() == GenerationState.SERVING)
                .map(last -> last.lead().adopters())
                .orElse(Map.of());
    }

    /**
     * When it is to go on at the latest.
     *
     * @param stays whether the service is not about to go
     */
    long nextDeadline(boolean stays) {
        long ofStandby = standby != null && handover == null && stays ? standby.nextDeadline() : Long.MAX_VALUE;
        long ofBoot = boot == null || isFlipping() ? Long.MAX_VALUE : boot.nextDeadline();
        long ofHandover = handover == null ? Long.MAX_VALUE : handover.nextDeadline();
        return Math.min(Math.min(ofStandby, leftBehind.nextDeadline()), Math.min(ofBoot, ofHandover));
    }
}
