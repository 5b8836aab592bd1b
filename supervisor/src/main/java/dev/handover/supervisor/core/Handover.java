package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One handover under way, from its first step to its last: start, flip, quiesce, drain, stop, release. */
final class Handover {
    /** Steering takes milliseconds; without an answer for this long, the handover goes on as a plain one. */
    static final Duration STEERING_LIMIT = Duration.ofSeconds(10);

    private static final long NEVER = Long.MAX_VALUE;

    private final Caller caller;
    private final @Nullable Generation from;
    private final Generation to;
    /** What keeps its ledger from being called lossless. */
    private final List<String> caveats = new ArrayList<>();

    private final List<PhaseReport> phases = new ArrayList<>();

    private Phase phase = Phase.START;
    private long phaseBegan;
    private long deadline = NEVER;
    private @Nullable String failure;
    private boolean cancelled;
    private boolean ended;
    private @Nullable Ledger ledger;

    Handover(Caller caller, @Nullable Generation from, Generation to, Turn turn) {
        this(caller, from, to);
        begin(Phase.START, to, to + " starts", turn);
    }

    private Handover(Caller caller, @Nullable Generation from, Generation to) {
        this.caller = caller;
        this.from = from;
        this.to = to;
    }

    /** Goes on, from after the flip, with one that an earlier supervisor was in the middle of. */
    static Handover resume(Generation from, Generation to, GenerationState reached, Turn turn) {
        Handover resumed = new Handover(Caller.NOBODY, from, to);
        resumed.caveats.add("an earlier supervisor began this handover, and its figures are lost");
        from.holdLeaving(turn);
        if (reached == GenerationState.QUIESCING && from.wasSteered()) {
            resumed.quiesce(from, turn);
        } else {
            resumed.drain(from, turn);
        }
        return resumed;
    }

    Generation to() {
        return to;
    }

    long nextDeadline() {
        return deadline;
    }

    boolean hasFailed() {
        return failure != null;
    }

    /** Whether nothing is left to do, so that the caller can be told. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether it lets go of this generation's listeners itself, once its workers are gone. */
    boolean releases(Generation generation) {
        return generation == from && !cancelled && failure == null;
    }

    private void begin(Phase next, Generation generation, String text, Turn turn) {
        phase = next;
        phaseBegan = turn.now();
        deadline = NEVER;
        tell(generation, Optional.empty(), text, turn);
    }

    private void end(PhaseEnd how, Generation generation, String text, Turn turn) {
        PhaseReport ended = new PhaseReport(phase, Duration.ofNanos(turn.now() - phaseBegan), how);
        phases.add(ended);
        deadline = NEVER;
        tell(generation, Optional.of(ended), text, turn);
    }

    private void tell(Generation generation, Optional<PhaseReport> ended, String text, Turn turn) {
        caller.progress(new Progress(generation.spec().name(), generation.id(), phase, ended, text), turn);
    }

    /** Something else was asked for meanwhile. */
    void cancel(Turn turn) {
        if (!ended && failure == null) {
            cancelled = true;
            Generation concerned = from == null || phase == Phase.START || phase == Phase.FLIP ? to : from;
            end(PhaseEnd.CANCELLED, concerned, to.spec().name() + " was told to stop meanwhile", turn);
            ended = true;
        }
    }

    void on(Event.OfGeneration event, Turn turn) {
        if (ended || cancelled || failure != null) {
            return; // an answer that comes after its question is settled
        }
        boolean ofNew = event.generation().equals(to.id());
        boolean ofOld = from != null && event.generation().equals(from.id());
        if (phase == Phase.FLIP && ofNew && event instanceof Event.Steered steered) {
            flipped(steered.mode(), turn);
        } else if (phase == Phase.FLIP && ofNew && event instanceof Event.Unfit unfit) {
            abandonIfFailed(turn);
            if (failure == null) {
                abandon(PhaseEnd.UNFIT, unfit.reason(), turn);
            }
        } else if (phase == Phase.QUIESCE && ofOld && event instanceof Event.Quiesced quiesced) {
            quiesced(quiesced.empty() ? PhaseEnd.DONE : PhaseEnd.QUIESCE_TIMED_OUT, quiesced.text(), turn);
        } else if (phase == Phase.RELEASE && ofOld && event instanceof Event.Released released) {
            released(released.ledger(), turn);
        }
    }

    /** Goes as far as where the workers stand, and the time, allow. */
    void advance(Turn turn) {
        if (ended || cancelled) {
            return;
        }
        if (failure != null) {
            ended = to.state() == GenerationState.STOPPED;
            return;
        }
        switch (phase) {
            case START -> {
                if (to.isReady()) {
                    flip(turn);
                } else {
                    abandonIfFailed(turn);
                }
            }
            case FLIP -> {
                // A worker that dies now is started again, as one that serves: the flip may be done already.
                if (turn.now() >= deadline) {
                    turn.error(to + ": steering did not answer within " + Durations.text(STEERING_LIMIT)
                            + "; the handover goes on as a plain one");
                    caveats.add("steering did not answer the flip within " + Durations.text(STEERING_LIMIT)
                            + ", so that nobody waited for what was in flight");
                    flipped(Mode.PLAIN, turn);
                }
            }
            case QUIESCE -> {
                if (turn.now() >= deadline) {
                    quiesced(PhaseEnd.QUIESCE_TIMED_OUT, "steering did not answer", turn);
                }
            }
            case DRAIN -> drainOver(turn);
            case STOP -> stopOver(turn);
            case RELEASE -> {
                if (turn.now() >= deadline) {
                    released(null, turn);
                }
            }
        }
    }

    private void abandonIfFailed(Turn turn) {
        to.failure().ifPresent(why -> abandon(why.end(), why.reason(), turn));
    }

    private void flip(Turn turn) {
        boolean steeredNow = from != null && from.wasSteered();
        // Before anyone is told: clients wait for it, callers don't.
        boolean awaited = to.steer("every worker is ready", steeredNow, turn);
        end(PhaseEnd.DONE, to, to + " is ready", turn);
        begin(Phase.FLIP, to, "new connections are moved to " + to, turn);
        deadline = turn.now() + STEERING_LIMIT.toNanos();
        if (!awaited) {
            flipped(Mode.PLAIN, turn);
        }
    }

    private void flipped(Mode mode, Turn turn) {
        end(PhaseEnd.DONE, to, "new connections go to " + to, turn);
        to.serve("new connections go to it", turn);
        Generation old = from;
        if (old == null) {
            ended = true;
        } else if (old.state() != GenerationState.SERVING && old.mayHaveClients()) {
            drain(old, turn);
        } else if (old.state() != GenerationState.SERVING) {
            begin(Phase.STOP, old, old + " is ended", turn);
            old.stop(to + " serves in its place", turn);
            stopOver(turn);
        } else if (mode == Mode.STEERED) {
            quiesce(old, turn);
        } else {
            drain(old, turn);
        }
    }

    private void quiesce(Generation old, Turn turn) {
        begin(Phase.QUIESCE, old, "what is in flight to " + old + " runs empty", turn);
        Duration limit = old.spec().quiesceTimeout();
        deadline = turn.now() + limit.plus(STEERING_LIMIT).toNanos();
        old.quiesce("steered away from", turn);
        turn.effect(new Effect.Quiesce(old.spec().name(), old.id(), limit));
    }

    private void quiesced(PhaseEnd how, String text, Turn turn) {
        if (from != null) {
            end(how, from, text, turn);
            drain(from, turn);
        }
    }

    private void drain(Generation old, Turn turn) {
        begin(Phase.DRAIN, old, old + " drains", turn);
        old.drain("handed over to generation " + to.id(), turn);
        drainOver(turn);
    }

    private void drainOver(Turn turn) {
        Generation old = from;
        if (old == null || old.state() == GenerationState.DRAINING) {
            return;
        }
        boolean inTime = !old.drainTimedOut();
        end(
                inTime ? PhaseEnd.DONE : PhaseEnd.DRAIN_TIMED_OUT,
                old,
                old + (inTime ? " has drained" : " did not drain in time"),
                turn);
        if (old.state() == GenerationState.STOPPED) {
            release(old, turn);
        } else {
            begin(Phase.STOP, old, old + " is ended", turn);
        }
    }

    private void stopOver(Turn turn) {
        Generation old = from;
        if (old != null && old.state() == GenerationState.STOPPED) {
            end(old.wasKilled() ? PhaseEnd.KILLED : PhaseEnd.DONE, old, old + " is gone", turn);
            release(old, turn);
        }
    }

    private void release(Generation old, Turn turn) {
        if (!old.wasSteered()) {
            ended = true;
            return;
        }
        begin(Phase.RELEASE, old, "the listeners of " + old + " are released", turn);
        deadline = turn.now() + STEERING_LIMIT.toNanos();
        old.release(turn);
    }

    private void released(@Nullable Ledger figures, Turn turn) {
        Ledger counted = figures == null || from == null
                ? figures
                : figures.withDrain(from.drainAccount())
                        .withCaveats(caveats)
                        .withCaveats(from.unfinished())
                        .withCaveats(from.neverSeen());
        ledger = counted;
        if (from != null) {
            turn.info(from + " has handed over to generation " + to.id() + ": "
                    + (counted == null ? "not counted, steering did not answer" : counted));
            String text = counted == null ? "steering did not answer" : counted.verdict();
            end(counted == null ? PhaseEnd.RELEASE_TIMED_OUT : PhaseEnd.DONE, from, text, turn);
        }
        ended = true;
    }

    private void abandon(PhaseEnd how, String why, Turn turn) {
        String fate = from == null
                ? "nothing serves"
                : "generation " + from.id()
                        + (from.state() == GenerationState.SERVING ? " still serves" : " is still being tried");
        String reason = why + "; generation " + to.id() + " abandoned, " + fate;
        failure = reason;
        end(how, to, reason, turn);
        turn.error(to.spec().name() + ": " + reason);
        to.stop("abandoned", turn);
        ended = to.state() == GenerationState.STOPPED;
    }

    /** Tells the caller; once, when it {@linkplain #hasEnded has ended}. */
    void report(Turn turn) {
        ReloadOutcome outcome =
                cancelled ? ReloadOutcome.CANCELLED : failure != null ? ReloadOutcome.FAILED : ReloadOutcome.COMPLETED;
        String reason = switch (outcome) {
            case CANCELLED -> to.spec().name() + " was told to stop meanwhile";
            case FAILED -> failure == null ? "" : failure;
            case COMPLETED, REPLACED -> to + " serves";
        };
        boolean failed = outcome == ReloadOutcome.FAILED;
        boolean drained = outcome == ReloadOutcome.COMPLETED && from != null;
        ReloadReport report = new ReloadReport(
                to.spec().name(),
                Optional.ofNullable(from).map(Generation::id),
                Optional.of(to.id()),
                outcome,
                reason,
                failed ? to.failure().map(Worker.Failure::lastLines).orElse(List.of()) : List.of(),
                phases,
                drained ? Optional.ofNullable(from).flatMap(Generation::drainReport) : Optional.empty(),
                Optional.ofNullable(ledger));
        caller.ended(report, turn);
    }

    /** The answer to a reload that never began. */
    static ReloadReport notBegun(
            ServiceName service, Optional<GenerationId> serving, ReloadOutcome outcome, String why) {
        return new ReloadReport(
                service,
                serving,
                Optional.empty(),
                outcome,
                why,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }
}
