package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.CanaryStatus;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Durations;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Of the new generation: the new connections of some clients go to it, step by step of more of them, before all do. What goes
 * wrong with it meanwhile has it rolled back.
 */
final class Canary extends Phases.Current {
    private static final long NEVER = Long.MAX_VALUE;

    private final CanarySpec canary;
    private final List<CanaryShare> shares;

    private final Judge judge = new Judge();
    private final Optional<CanaryMetric> metric;

    private int step;
    /** Steering is asked for the share of this step, and has not answered. */
    private boolean asked;
    /** Steering has led some to it. */
    private boolean led;

    private boolean paused;
    /** Its last step is over, and it is to be promoted or rolled back. */
    private boolean through;
    /** When the step is over; what is left of it while it is paused. */
    private long stepEnds = NEVER;

    private Duration left;

    Canary(Handover handover, Generation to, CanarySpec canary) {
        super(handover, Phase.CANARY, to);
        this.canary = canary;
        this.shares = canary.shares();
        this.left = canary.step();
        this.metric = canary.metric()
                .map(spec ->
                        new CanaryMetric(spec, to, handover.from().orElseThrow().id()));
    }

    @Override
    String text() {
        return generation() + " is tried on " + share();
    }

    @Override
    void begin(Turn turn) {
        generation().readyToServe("every worker is ready", turn);
        generation().serveSome(share().toString(), turn); // from now on clients may be led to it
        ask(turn);
    }

    private void ask(Turn turn) {
        asked = true;
        generation().lead().share(share(), turn);
    }

    private CanaryShare share() {
        return shares.get(step);
    }

    @Override
    Optional<Duration> limit() {
        return Optional.of(Handover.STEERING_LIMIT);
    }

    @Override
    void on(Event.OfGeneration event, Turn turn) {
        if (event instanceof Event.Shared && asked) {
            led(turn);
        } else if (event instanceof Event.Compared seen && !asked && canary.judge()) {
            judge.look(seen, handover.from().orElseThrow().id(), turn.now())
                    .ifPresent(why -> handover.undo(Rollback.byItself(why), turn));
        } else if (event instanceof Event.MetricSeen seen) {
            metric.ifPresent(one -> one.on(seen, turn));
        } else if (event instanceof Event.Unfit unfit && !led) {
            if (!handover.abandonIfFailed(turn)) {
                handover.abandon(PhaseEnd.UNFIT, unfit.reason(), turn);
            }
        } else if (event instanceof Event.Unfit unfit) {
            handover.undo(Rollback.byItself(unfit.reason()), turn);
        }
    }

    private void led(Turn turn) {
        asked = false;
        led = true;
        judge.begin(turn.now());
        metric.ifPresent(one -> one.begin(turn));
        left = canary.step();
        String time = paused ? "paused" : "for " + Durations.text(left);
        handover.say(
                generation() + " gets " + share() + ", " + time + " (step " + (step + 1) + " of " + shares.size() + ")",
                turn);
        handover.waitNoLonger();
        if (!paused) {
            run(turn);
        }
    }

    private void run(Turn turn) {
        stepEnds = turn.now() + left.toNanos();
        handover.waitFor(left, turn);
    }

    @Override
    void overdue(Turn turn) {
        if (undoneForAFlaw(turn)) {
            return;
        }
        if (asked) {
            handover.undo(Rollback.byItself("steering did not answer"), turn);
        } else {
            stepIsOver(turn);
        }
    }

    /** Not before it is known how it fares. */
    private void stepIsOver(Turn turn) {
        if (metric.filter(one -> !one.isSettled()).isPresent()) {
            handover.waitNoLonger(); // but for that
        } else if (step + 1 < shares.size()) {
            step++;
            ask(turn);
            handover.waitFor(Handover.STEERING_LIMIT, turn);
        } else if (canary.end() == CanarySpec.End.PROMOTE) {
            promote("its last step is over", turn);
        } else {
            through = true;
            pause("its last step is over", turn);
        }
    }

    /** Leads all new connections to it. */
    void promote(String why, Turn turn) {
        String text = generation() + " is promoted: " + why;
        turn.about(generation()).info(What.CANARY_PROMOTED, text);
        handover.enter(new Phases.Flipping(handover, generation()), PhaseEnd.DONE, text, turn);
    }

    /** Stays at the step that it is at, until it goes on or is promoted or rolled back. */
    void pause(String why, Turn turn) {
        if (!paused) {
            paused = true;
            left = stepEnds == NEVER ? left : Duration.ofNanos(Math.max(0, stepEnds - turn.now()));
            stepEnds = NEVER;
            if (!asked) {
                handover.waitNoLonger();
            }
            handover.say(
                    generation() + " stays at " + share() + ", " + why + "; " + CommandNames.CTL
                            + (isThrough() ? " promote" : " promote, resume") + " or rollback "
                            + generation().spec().name() + " goes on",
                    turn);
        }
    }

    /** Goes on with the step that it was paused in. */
    void resume(Turn turn) {
        if (paused) {
            paused = false;
            if (!asked) {
                handover.say(generation() + " goes on at " + share() + ", for " + Durations.text(left) + " more", turn);
                run(turn);
            }
        }
    }

    @Override
    void look(Turn turn) {
        handover.from().flatMap(Generation::broken).ifPresent(handover::losesBeside);
        if (undoneForAFlaw(turn) || asked) {
            return;
        }
        metric.ifPresent(one -> one.look(share(), turn));
        if (handover.isLeftAlone()) {
            promote("nothing else is to serve any more", turn);
        } else if (turn.now() >= stepEnds) {
            stepIsOver(turn);
        }
    }

    @Override
    long nextDeadline() {
        return asked ? NEVER : metric.map(CanaryMetric::nextDeadline).orElse(NEVER);
    }

    private boolean undoneForAFlaw(Turn turn) {
        Optional<String> flaw = generation().flaw().or(() -> metric.flatMap(CanaryMetric::verdict));
        flaw.ifPresent(why -> handover.undo(Rollback.byItself(why), turn));
        return flaw.isPresent();
    }

    /** Whether its last step is over, so that it can't go on but by being promoted. */
    boolean isThrough() {
        return through;
    }

    /** How it stands, for whoever has told it how to go on. */
    Reply.CanaryDecided decided() {
        String how = paused ? " stays at " : " goes on at ";
        return new Reply.CanaryDecided(generation().spec().name(), generation().id(), generation() + how + share());
    }

    CanaryStatus status(long now) {
        Optional<Duration> rest =
                stepEnds == NEVER ? Optional.empty() : Optional.of(Duration.ofNanos(Math.max(0, stepEnds - now)));
        return new CanaryStatus(share(), step + 1, shares.size(), rest);
    }
}
