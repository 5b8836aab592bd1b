package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Moving;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One handover under way, from phase to phase along {@link Phase#next()}; {@link Phases} has what is done in each. The start
 * of a service is one, too, without a generation before.
 */
final class Handover {
    /** Steering takes milliseconds; without an answer for this long, the handover goes on as a plain one. */
    static final Duration STEERING_LIMIT = Duration.ofSeconds(10);

    private static final long NEVER = Long.MAX_VALUE;

    private final Caller caller;
    private final Optional<Generation> from;
    private final Generation to;
    private final Optional<CanarySpec> canary;
    private final Findings findings;

    private Phases.Current current;
    private long phaseBegan;
    private long deadline = NEVER;
    private @Nullable Result result;
    /** Of one back to a generation that stood by. */
    private @Nullable Rollback rollback;
    /** Of one whose new generation had got some of the clients: why they are led to the old one again. */
    private @Nullable Rollback undone;
    /** Why its new generation is to be gone back from, since somebody has asked for it; empty if nobody has. */
    private String goneBackOn = "";

    /** Whether a newer one has begun beside it. */
    private boolean leftBehind;
    /** What its new generation lacked then. */
    private Optional<String> lackedThen = Optional.empty();

    private boolean isNew;
    /** How workers of the old generation had ended before it began. */
    private List<String> fallenBefore = List.of();

    /** What it has come to; one that failed has not ended before its new generation is gone. */
    private record Result(ReloadOutcome outcome, String reason) {}

    private Handover(
            Caller caller,
            Optional<Generation> from,
            Generation to,
            Optional<CanarySpec> canary,
            Function<Handover, Phases.Current> first,
            Turn turn) {
        this.caller = caller;
        this.from = from;
        this.to = to;
        this.canary = canary;
        this.findings = new Findings(from, to);
        this.current = first.apply(this);
        this.phaseBegan = turn.now();
    }

    /**
     * @param from empty if nothing serves, or is being tried
     * @param canary what the new generation is tried on before all clients are moved to it
     */
    static Handover begin(
            Caller caller, Optional<Generation> from, Generation to, Optional<CanarySpec> canary, Turn turn) {
        boolean prepares = !to.isPrepared();
        Handover begun = new Handover(
                caller,
                from,
                to,
                canary,
                handover -> prepares ? new Phases.Preparing(handover, to) : new Phases.Starting(handover, to),
                turn);
        begun.isNew = true;
        begun.fallenBefore = from.map(Generation::fallen).orElse(List.of());
        begun.start(turn);
        return begun;
    }

    /** Goes on, from after the flip, with one that an earlier supervisor was in the middle of. */
    static Handover resume(Caller caller, Generation from, Generation to, GenerationState reached, Turn turn) {
        Handover resumed = resumed(caller, from, to, reached, turn);
        if (from.id().compareTo(to.id()) > 0) { // a canary's, or a rollback
            resumed.rollback = Rollback.byItself("as the supervisor that had begun with that, or with it, has ended");
        }
        resumed.start(turn);
        return resumed;
    }

    /** Has a generation go that an earlier supervisor had begun to hand over to, and that may have got clients since. */
    static Handover resumeUnserved(Generation begun, Generation serves, Turn turn) {
        Handover resumed = resumed(Caller.NOBODY, begun, serves, GenerationState.QUIESCING, turn);
        resumed.start(turn);
        return resumed;
    }

    private static Handover resumed(Caller caller, Generation from, Generation to, GenerationState reached, Turn turn) {
        from.lead().holdLeaving(turn);
        boolean quiesces = reached == GenerationState.QUIESCING && from.lead().wasSteered();
        Handover resumed = new Handover(
                caller,
                Optional.of(from),
                to,
                Optional.empty(),
                handover -> quiesces ? new Phases.Quiescing(handover, from) : new Phases.Draining(handover, from),
                turn);
        resumed.findings.caveat("an earlier supervisor began this handover, and its figures are lost");
        return resumed;
    }

    /** Moves new connections back to a generation that stands by. */
    static Handover back(Caller caller, Generation from, Generation standby, Rollback rollback, Turn turn) {
        Handover begun = new Handover(
                caller,
                Optional.of(from),
                standby,
                Optional.empty(),
                handover -> new FlippingBack(handover, standby, rollback),
                turn);
        Rollback.caveat(from).ifPresent(begun.findings::caveat);
        return begun.startBack(rollback, turn);
    }

    /** Leads all new connections to the generation that serves again, and has a canary go. */
    static Handover takingBack(Caller caller, Generation canary, Generation serving, Rollback rollback, Turn turn) {
        Handover begun = new Handover(
                caller,
                Optional.of(canary),
                serving,
                Optional.empty(),
                handover -> new TakingBack(handover, serving, rollback),
                turn);
        return begun.startBack(rollback, turn);
    }

    private Handover startBack(Rollback why, Turn turn) {
        rollback = why;
        findings.commandIsTold();
        start(turn);
        return this;
    }

    /** Has a generation go that has stood by, and is gone back to no more. */
    static Handover afterStandby(Caller caller, Generation standby, Generation to, Turn turn) {
        Handover begun = new Handover(
                caller,
                Optional.of(standby),
                to,
                Optional.empty(),
                handover -> new Phases.Draining(handover, standby),
                turn);
        begun.findings.commandIsTold();
        begun.start(turn);
        return begun;
    }

    /** Whether its new generation was started for it. */
    boolean isNew() {
        return isNew;
    }

    Generation to() {
        return to;
    }

    Optional<Generation> from() {
        return from;
    }

    long nextDeadline() {
        return result == null ? Math.min(deadline, current.nextDeadline()) : deadline;
    }

    boolean hasFailed() {
        return result != null
                && (result.outcome() == ReloadOutcome.FAILED || result.outcome() == ReloadOutcome.REPLACED);
    }

    /** Whether steering is asked to move new connections to its new generation, and has not answered. */
    boolean isFlipping() {
        return result == null && current.phase() == Phase.FLIP;
    }

    /** Whether nothing is left to do, so that the caller can be told. */
    boolean hasEnded() {
        return result != null
                && undone == null
                && (!hasFailed() || to.state() == GenerationState.STOPPED || isStandby(to));
    }

    private static boolean isStandby(Generation generation) {
        return generation.state() == GenerationState.STANDBY;
    }

    /** Its new generation, as long as only some of the clients are led to it. */
    Optional<Canary> canary() {
        return result == null && current instanceof Canary running ? Optional.of(running) : Optional.empty();
    }

    /** Why what it has led to is to be undone, by a handover of its own; empty if it is not. */
    Optional<Rollback> undone() {
        return Optional.ofNullable(undone);
    }

    /** Ends with the current phase: those who were led to the new generation are to be led to the old one again. */
    void undo(Rollback why, Turn turn) {
        String reason = to + " is rolled back, " + why.reason();
        end(PhaseEnd.ROLLED_BACK, reason, turn);
        result = new Result(ReloadOutcome.FAILED, reason);
        undone = why;
    }

    /** Whether a canary's clients are being led to the generation that serves. */
    boolean isTakingBack() {
        return result == null && current instanceof TakingBack;
    }

    /** Whether it is one back to a generation that stood by, or serves beside a canary. */
    boolean isRollback() {
        return rollback != null;
    }

    /**
     * Whether the old generation is to stand by, rather than to drain; why it can't where it should is said. One that is rolled
     * back never is, also where an earlier supervisor began with that.
     */
    boolean mayStandBy(Turn turn) {
        boolean forward = from.filter(old -> old.id().compareTo(to.id()) < 0).isPresent();
        if (!forward || to.spec().standby().isEmpty()) {
            return false;
        }
        Optional<String> obstacle = Standby.obstacle(from.get(), to);
        obstacle.ifPresent(why -> turn.about(from.get()).warn(from.get() + " can't stand by: " + why));
        return obstacle.isEmpty();
    }

    /** Whether the old generation stands by, or will as soon as what is in flight to it has run empty. */
    boolean standsBy() {
        return from.filter(Generation::mayReturn).isPresent();
    }

    /** Whether new connections have been moved to its new generation, and can be moved back. */
    boolean canBeGoneBackOn() {
        return result == null && standsBy();
    }

    /** Whether it is to end now, as it can, for what it has led to is to be undone. */
    boolean isGoneBackOn() {
        return canBeGoneBackOn() && (!goneBackOn.isEmpty() || to.hasFallen());
    }

    /** Has it end at once; only if it {@linkplain #canBeGoneBackOn can be}. */
    void goBackOn(String why, Turn turn) {
        goneBackOn = why;
        advance(turn);
    }

    /** Whether it lets go of this generation's listeners itself, once its workers are gone. */
    boolean releases(Generation generation) {
        boolean goesOn = result == null || result.outcome() == ReloadOutcome.COMPLETED;
        return goesOn && from.filter(old -> old == generation).isPresent();
    }

    /** Whether nothing is left of it but that the old generation goes. */
    boolean seesItGo() {
        return result == null
                && switch (current.phase()) {
                    case DRAIN, STOP, RELEASE -> true;
                    case BEFORE_START, START, WARM_UP, HEALTH, CANARY, FLIP, QUIESCE, AFTER_FLIP -> false;
                };
    }

    /** Whether a newer one may begin beside it: else its command, which ends with what it belongs to, would be cut short. */
    boolean mayBeLeftBehind() {
        return seesItGo()
                && to.state() == GenerationState.SERVING
                && to.afterFlip().filter(command -> !command.isOver()).isEmpty();
    }

    /** A newer one begins beside it: what its new generation comes to from then on is no concern of it. */
    void leaveBehind() {
        leftBehind = true;
        lackedThen = findings.shortfall();
    }

    boolean isLeftBehind() {
        return leftBehind;
    }

    /** Why its old generation is to go, where it is rolled back; empty where it is not. */
    Optional<String> rolledBack() {
        return Optional.ofNullable(rollback).map(why -> why.text(from.orElseThrow(), to));
    }

    private void start(Turn turn) {
        refuseUnless(Phase.first().contains(current.phase()), "begin with " + current.phase());
        current.begin(turn);
        told(turn);
    }

    /** Ends the current phase and goes on to another; one that may not follow is refused, and nothing happens. */
    void enter(Phases.Current next, PhaseEnd how, String text, Turn turn) {
        Phase last = current.phase();
        refuseUnless(result == null && last.next().contains(next.phase()), "go from " + last + " to " + next.phase());
        next.begin(turn); // before anyone is told: clients wait for it, callers don't
        end(how, text, turn);
        current = next;
        told(turn);
    }

    private void refuseUnless(boolean allowed, String what) {
        if (!allowed) {
            throw new IllegalStateException("the handover to " + to + " can't " + what);
        }
    }

    private void told(Turn turn) {
        phaseBegan = turn.now();
        deadline = current.limit().map(limit -> turn.now() + limit.toNanos()).orElse(NEVER);
        tell(Optional.empty(), current.text(), turn);
        current.look(turn);
    }

    private void end(PhaseEnd how, String text, Turn turn) {
        Duration took = current.took().orElse(Duration.ofNanos(turn.now() - phaseBegan));
        PhaseReport ended = new PhaseReport(current.phase(), took, how);
        findings.ended(ended);
        deadline = NEVER;
        tell(Optional.of(ended), text, turn);
    }

    /** Tells how far the current phase has come. */
    void say(String text, Turn turn) {
        turn.about(to).info(What.CANARY_STEP, text);
        tell(Optional.empty(), text, turn);
    }

    private void tell(Optional<PhaseReport> ended, String text, Turn turn) {
        Generation concerned = current.generation();
        caller.progress(new Progress(concerned.spec().name(), concerned.id(), current.phase(), ended, text), turn);
    }

    /** Which clients the generation met that it takes back; of no concern to any other handover. */
    void met(Event.CanaryMet met) {
        if (rollback != null
                && from.filter(old -> old.id().equals(met.generation())).isPresent()) {
            rollback.met(met.met());
        }
    }

    void on(Event.OfGeneration event, Turn turn) {
        // else an answer that comes after its question is settled
        if (result == null && event.generation().equals(current.generation().id())) {
            current.on(event, turn);
        }
    }

    /** Goes as far as where the workers stand, and the time, allow. */
    void advance(Turn turn) {
        lookForLosses();
        if (result == null && turn.now() >= deadline) {
            current.overdue(turn);
        } else if (result == null) {
            current.look(turn);
        }
    }

    /** Once it is steered away from, what becomes of the old generation is told by its own account. */
    private void lookForLosses() {
        if (result == null && isNew && current.phase() != Phase.CANARY) {
            from
                    .filter(old -> old.state() == GenerationState.SERVING)
                    .map(Generation::fallen)
                    .orElse(List.of())
                    .stream()
                    .filter(how -> !fallenBefore.contains(how))
                    .forEach(how -> findings.caveatOnce("before the flip to generation " + to.id() + ": " + how));
        }
    }

    /** A worker of the old generation has ended with what it held, while the new one had some of the clients. */
    void losesBeside(String why) {
        findings.caveatOnce("while some clients were led to generation " + to.id() + ": " + why);
    }

    /** Gives its new generation up for a newer one; only if no client may have come to it yet. */
    void makeRoom(Turn turn) {
        if (result == null && from.filter(Generation::isPinned).isPresent() && to.state() == GenerationState.STARTING) {
            String reason = "a newer reload took its place; generation " + to.id() + " abandoned";
            end(PhaseEnd.CANCELLED, reason, turn);
            result = new Result(ReloadOutcome.REPLACED, reason);
            turn.about(to).info(What.GENERATION_ABANDONED, to + ": " + reason);
            to.stop("a newer reload takes its place", turn);
        }
    }

    /** Something else was asked for meanwhile. */
    void cancel(Turn turn) {
        if (result == null) {
            String reason = to.spec().name() + " was told to stop meanwhile";
            end(PhaseEnd.CANCELLED, reason, turn);
            result = new Result(ReloadOutcome.CANCELLED, reason);
        }
    }

    /** Nothing is left to be done for the old generation; what was started at the flip may still run. */
    void finish(PhaseEnd how, String text, Turn turn) {
        Optional<Command> command = isGoneBackOn() ? Optional.empty() : findings.command();
        if (command.isPresent()) {
            enter(new Phases.AwaitingCommand(this, to, command.get()), how, text, turn);
        } else {
            complete(how, text, turn);
        }
    }

    /** Ends with the current phase; with one that may not be the last it is refused, and nothing happens. */
    void complete(PhaseEnd how, String text, Turn turn) {
        refuseUnless(result == null && current.phase().mayBeLast(), "be complete with " + current.phase());
        end(how, text, turn);
        boolean serves = !leftBehind || to.state() == GenerationState.SERVING;
        result = new Result(ReloadOutcome.COMPLETED, to + (serves ? " serves" : " has served"));
    }

    /** New connections could not be moved back; everything stays as it is. */
    void staysAsItWas(PhaseEnd how, String why, Turn turn) {
        String reason = why + "; " + from.map(Generation::toString).orElse("nothing") + " still serves, and generation "
                + to.id() + " still stands by";
        end(how, reason, turn);
        result = new Result(ReloadOutcome.FAILED, reason);
        turn.about(to).error(reason);
    }

    /** Whether it has, since the new generation has failed. */
    boolean abandonIfFailed(Turn turn) {
        Optional<Worker.Failure> failure = to.failure();
        failure.ifPresent(why -> abandonAsSaid(why.end(), why.reason(), turn));
        return failure.isPresent();
    }

    /** The new generation won't serve; it is ended. */
    void abandon(PhaseEnd how, String why, Turn turn) {
        abandon(how, why, why + "; ", turn);
    }

    /** The same, where the log has why: the worker's own line said it. */
    void abandonAsSaid(PhaseEnd how, String why, Turn turn) {
        abandon(how, why, "", turn);
    }

    /** @param unsaid of the reason what the log does not have yet */
    private void abandon(PhaseEnd how, String why, String unsaid, Turn turn) {
        String fate = from.map(old -> "generation " + old.id() + fate(old)).orElse("nothing serves");
        String end = "generation " + to.id() + " abandoned, " + fate;
        String reason = why + "; " + end;
        end(how, reason, turn);
        result = new Result(ReloadOutcome.FAILED, reason);
        turn.about(to).error(What.GENERATION_ABANDONED, to.spec().name() + ": " + unsaid + end);
        to.stop("abandoned", turn);
    }

    private static String fate(Generation old) {
        if (old.isGivenUp()) {
            return " is given up";
        }
        if (old.state() != GenerationState.SERVING) {
            return " is still being tried";
        }
        if (!old.lead().refusal().isEmpty()) {
            return " is still kept from new connections";
        }
        return old.accepts() ? " still serves" : " is to serve, but none of its workers accepts";
    }

    /** Whether new connections may be steered to another generation, of this service or of one whose address it takes. */
    boolean isSteeredFrom() {
        return from.map(Generation::lead).filter(Lead::wasSteered).isPresent()
                || takeover().concerns(to.spec().name());
    }

    /** Whether its new generation may take time to warm up: not where clients come to it at once, or wait for it. */
    boolean mayWarmUp() {
        return to.spec().warmUp().isPresent() && mayTakeTime();
    }

    /** Whether the old generation serves, or will again at once: others have clients waiting for the new one. */
    private boolean isBesideOneThatServes() {
        return from.filter(old -> old.state() == GenerationState.SERVING && !old.hasFallen())
                .isPresent();
    }

    /** What its new generation is tried on; empty where there is nobody to be led elsewhere, or clients wait for it. */
    Optional<CanarySpec> mayTry() {
        return canary.filter(one -> isBesideOneThatServes());
    }

    /** Why it can't be tried on some of the clients, for people; empty if it can. */
    Optional<String> canaryObstacle() {
        if (takeover().concerns(to.spec().name())) {
            return Optional.of("addresses move between services in this reload, which is for all clients at once");
        }
        return from.filter(old -> old.lead().isPinned()).isPresent()
                        && to.spec().handover() == Moving.STEERED
                ? Optional.empty()
                : Optional.of("new connections are not steered");
    }

    /** Whether its new generation may be asked for its health first; else it is asked when it serves. */
    boolean mayAskForHealth() {
        return to.health().isPresent() && mayTakeTime();
    }

    private boolean mayTakeTime() {
        return isSteeredFrom() && !isWaitedFor();
    }

    /** Whether no worker of the old generation is started again, so that nobody but the new one is to serve. */
    boolean isLeftAlone() {
        return from.filter(old -> !old.isGivenUp()).isEmpty();
    }

    /** Whether a canary was asked for, and is left out since the old generation does not serve. */
    boolean isCanaryLeftOut() {
        return canary.isPresent() && from.isPresent() && !isBesideOneThatServes();
    }

    /** Whether nobody of the old generation takes new connections any more, so that clients wait for the new one. */
    boolean isWaitedFor() {
        return from.filter(old -> !old.accepts()).isPresent();
    }

    Takeover takeover() {
        return caller.takeover(to.spec().name());
    }

    /** The current phase waits anew, for so long. */
    void waitFor(Duration limit, Turn turn) {
        deadline = turn.now() + limit.toNanos();
    }

    /** The current phase has what it waited for from steering. */
    void waitNoLonger() {
        deadline = NEVER;
    }

    /** It is not known where new connections go. */
    void flipUnanswered(Turn turn) {
        String limit = Durations.text(STEERING_LIMIT);
        turn.about(to)
                .error(to + ": steering did not answer within " + limit
                        + (from.isPresent() ? "; the handover goes on as a plain one" : ""));
        findings.caveat(
                "steering did not answer the flip within " + limit + ", so that nobody waited for what was in flight");
    }

    /** No worker of the old generation is left; what is held of it is let go of. */
    void isGone(Generation old, PhaseEnd how, String text, Turn turn) {
        if (old.lead().wasSteered()) {
            enter(new Phases.Releasing(this, old), how, text, turn);
        } else {
            finish(how, text, turn);
        }
    }

    /** Nothing of the old generation is held any more. */
    void released(Generation old, Ledger figures, Turn turn) {
        Ledger counted = findings.counted(old, figures);
        turn.about(old).info(What.HANDED_OVER, old + " has handed over to generation " + to.id() + ": " + counted);
        finish(PhaseEnd.DONE, counted.verdict(), turn);
    }

    /** Whatever it did is not counted. */
    void releaseUnanswered(Generation old, Turn turn) {
        turn.about(old)
                .info(
                        What.HANDED_OVER,
                        old + " has handed over to generation " + to.id() + ": not counted, steering did not answer");
        finish(PhaseEnd.RELEASE_TIMED_OUT, "steering did not answer", turn);
    }

    /**
     * Tells the caller; once, when it {@linkplain #hasEnded has ended}.
     *
     * @param incumbent what serves now, by which a newer one that has begun beside it may have gone further
     */
    ReloadReport report(Optional<Generation> incumbent, Turn turn) {
        Result how = result;
        if (how == null) {
            throw new IllegalStateException("the handover to " + to + " has not ended");
        }
        boolean completed = how.outcome() == ReloadOutcome.COMPLETED;
        boolean succeeded = leftBehind && to.state() != GenerationState.SERVING;
        Optional<String> lacks = succeeded ? lackedThen : findings.shortfall();
        Optional<String> shortfall = lacks.filter(lack -> completed);
        Optional<Rollback> back = Optional.ofNullable(rollback).filter(undoing -> completed);
        if (!goneBackOn.isEmpty()) {
            how = new Result(ReloadOutcome.FAILED, to + " is rolled back: " + goneBackOn);
        } else if (shortfall.isPresent()) {
            how = new Result(
                    ReloadOutcome.FAILED, to + (succeeded ? " served, but " : " serves, but ") + shortfall.get());
        } else if (back.isPresent()) {
            how = new Result(back.get().outcome(), back.get().text(from.orElseThrow(), to));
        }
        ReloadReport report = findings.report(how.outcome(), how.reason(), completed, back)
                .withSuccessor(incumbent
                        .filter(one -> succeeded && one != to && one.state() == GenerationState.SERVING)
                        .map(Generation::id));
        caller.ended(report, turn);
        return report;
    }

    /** Tells the caller of one that was undone how that goes on. */
    void passOn(Progress progress, Turn turn) {
        caller.progress(progress, turn);
    }

    /**
     * Tells the caller of one that was undone, once, when that is over.
     *
     * @param back what that came to
     */
    void reportUndone(ReloadReport back, Turn turn) {
        caller.ended(findings.undone(back), turn);
    }
}
