package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CanarySpec;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.WarmUpSpec;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The phases of a handover, side by side: what each does as it begins, what it then waits for, and until when. */
final class Phases {
    private Phases() {}

    /** One phase of a handover, which concerns one generation. */
    abstract static class Current {
        final Handover handover;
        private final Phase phase;
        private final Generation generation;

        Current(Handover handover, Phase phase, Generation generation) {
            this.handover = handover;
            this.phase = phase;
            this.generation = generation;
        }

        final Phase phase() {
            return phase;
        }

        final Generation generation() {
            return generation;
        }

        /** What callers are told when it has begun. */
        abstract String text();

        /** Does what it is there for. */
        void begin(Turn turn) {}

        /** When it is to look again at the latest, whatever it waits for. */
        long nextDeadline() {
            return Long.MAX_VALUE;
        }

        /** How long steering may take to answer; empty where the workers have deadlines of their own. */
        Optional<Duration> limit() {
            return Optional.empty();
        }

        /** How long what it waited for took, where that began before it. */
        Optional<Duration> took() {
            return Optional.empty();
        }

        /** Something that steering says of its generation. */
        void on(Event.OfGeneration event, Turn turn) {}

        /** Goes on, if what it waits for can be seen in where the workers stand. */
        void look(Turn turn) {}

        /** Its limit is over. */
        void overdue(Turn turn) {}

        /** Goes on to what is asked before the flip, or to that. */
        final void goOn(PhaseEnd how, String text, Turn turn) {
            if (handover.mayAskForHealth()) {
                handover.enter(new AskingForHealth(handover, generation), how, text, turn);
            } else {
                serve(how, text, turn);
            }
        }

        /** Goes on to the flip, or to some of the clients before that. */
        final void serve(PhaseEnd how, String text, Turn turn) {
            Optional<CanarySpec> canary = handover.mayTry();
            Optional<String> obstacle = canary.flatMap(spec -> handover.canaryObstacle());
            if (obstacle.isPresent()) {
                String why = generation + " can't be tried on some of the clients: " + obstacle.get() + "; "
                        + CommandNames.CTL + " reload --no-canary moves all at once";
                handover.abandon(PhaseEnd.UNFIT, why, turn);
            } else if (canary.isPresent()) {
                handover.enter(new Canary(handover, generation, canary.get()), how, text, turn);
            } else {
                flipTogether(how, text, turn);
            }
        }

        /** Goes on to the flip: services that give addresses to one another are flipped together, or not at all. */
        private void flipTogether(PhaseEnd how, String text, Turn turn) {
            Takeover takeover = handover.takeover();
            takeover.ready(generation.spec().name());
            Optional<String> failure = takeover.failure();
            if (failure.isPresent()) {
                String why = "it gives an address to another service, or takes one, and that failed: " + failure.get();
                handover.abandon(PhaseEnd.TAKEOVER_FAILED, why, turn);
            } else if (takeover.isAllReady()) {
                if (handover.isCanaryLeftOut()) {
                    turn.about(generation)
                            .warn(generation
                                    + " is not tried on some of the clients: nobody else takes new connections, and all wait for"
                                    + " it");
                }
                handover.enter(new Flipping(handover, generation), how, text, turn);
            }
        }
    }

    /** Of the new generation: until the command that is run before its workers are started has exited with 0. */
    static final class Preparing extends Current {
        Preparing(Handover handover, Generation to) {
            super(handover, Phase.BEFORE_START, to);
        }

        @Override
        String text() {
            return generation() + " runs its before-start command";
        }

        @Override
        void look(Turn turn) {
            if (generation().isPrepared()) {
                String text = "the before-start command of " + generation() + " is done";
                handover.enter(new Starting(handover, generation()), PhaseEnd.DONE, text, turn);
            } else if (!generation().persists()) {
                handover.abandonIfFailed(turn);
            }
        }
    }

    /** Of the new generation: until each of its workers is ready. */
    static final class Starting extends Current {
        Starting(Handover handover, Generation to) {
            super(handover, Phase.START, to);
        }

        @Override
        String text() {
            return generation() + " starts";
        }

        @Override
        void look(Turn turn) {
            if (generation().isReady() && handover.mayWarmUp()) {
                handover.enter(new WarmingUp(handover, generation()), PhaseEnd.DONE, isReadyText(), turn);
            } else if (generation().isReady()) {
                goOn(PhaseEnd.DONE, isReadyText(), turn);
            } else if (!generation().persists() && !handover.abandonIfFailed(turn) && handover.isWaitedFor()) {
                generation().hurry(turn);
            }
        }

        private String isReadyText() {
            return generation() + " is ready";
        }
    }

    /** Of the new generation, which no client reaches yet. What comes of it decides nothing: it goes on. */
    static final class WarmingUp extends Current {
        private final WarmUpSpec warmUp;
        private Event.@Nullable WarmedUp answer;

        WarmingUp(Handover handover, Generation to) {
            super(handover, Phase.WARM_UP, to);
            this.warmUp = to.spec().warmUp().orElseThrow();
        }

        @Override
        String text() {
            return generation() + " warms up";
        }

        @Override
        void begin(Turn turn) {
            generation().lead().warmUp(warmUp, turn);
        }

        @Override
        Optional<Duration> limit() {
            return Optional.of(warmUp.timeout().plus(Handover.STEERING_LIMIT));
        }

        @Override
        void on(Event.OfGeneration event, Turn turn) {
            if (event instanceof Event.WarmedUp warmedUp && answer == null) {
                over(warmedUp, turn);
            }
        }

        @Override
        void overdue(Turn turn) {
            giveUp("steering did not answer", turn);
        }

        private void giveUp(String why, Turn turn) {
            Generation to = generation();
            over(new Event.WarmedUp(to.spec().name(), to.id(), false, to + " is not warm: " + why), turn);
        }

        private void over(Event.WarmedUp what, Turn turn) {
            answer = what;
            handover.waitNoLonger();
            if (what.warm()) {
                turn.about(generation()).info(What.WARMED_UP, what.text());
            } else {
                turn.about(generation()).warn(what.text());
            }
            look(turn);
        }

        @Override
        void look(Turn turn) {
            if (!generation().isReady()) {
                handover.abandonIfFailed(turn);
            } else if (answer != null) {
                goOn(answer.warm() ? PhaseEnd.DONE : PhaseEnd.NOT_WARM, answer.text(), turn);
            } else if (!handover.mayWarmUp()) {
                giveUp("nobody else takes new connections any more, so they wait for it", turn);
            }
        }
    }

    /** Of the new generation, too. A worker of it that dies now is started again: the flip may be done already. */
    static final class Flipping extends Current {
        private boolean awaited;
        private boolean refused;

        Flipping(Handover handover, Generation to) {
            super(handover, Phase.FLIP, to);
        }

        @Override
        String text() {
            return "new connections are moved to " + generation();
        }

        @Override
        void begin(Turn turn) {
            awaited = generation().steer("every worker is ready", handover.isSteeredFrom(), turn);
        }

        @Override
        Optional<Duration> limit() {
            return Optional.of(Handover.STEERING_LIMIT);
        }

        @Override
        void on(Event.OfGeneration event, Turn turn) {
            if (event instanceof Event.Steered steered) {
                done(steered.mode(), turn);
            } else if (event instanceof Event.Unfit unfit && generation().isOnCanary()) {
                handover.undo(Rollback.byItself(unfit.reason()), turn);
            } else if (event instanceof Event.Unfit unfit && !generation().persists()) {
                if (!handover.abandonIfFailed(turn)) {
                    handover.abandon(PhaseEnd.UNFIT, unfit.reason(), turn);
                }
            } else if (event instanceof Event.Unfit unfit) {
                refused(unfit.reason(), turn);
            }
        }

        /** There is nothing to go back to, and another supervisor that is in the way may end: tried again, and said once. */
        private void refused(String why, Turn turn) {
            generation().lead().refuse(why, turn);
            refused = true;
            handover.waitFor(Unsteered.AGAIN_AFTER, turn);
        }

        @Override
        void look(Turn turn) {
            if (!awaited) {
                done(Mode.PLAIN, turn);
            }
        }

        @Override
        void overdue(Turn turn) {
            if (refused) {
                refused = false;
                generation().lead().steerAgain(turn);
                handover.waitFor(Handover.STEERING_LIMIT, turn);
            } else {
                handover.flipUnanswered(turn);
                done(Mode.PLAIN, turn);
            }
        }

        private void done(Mode mode, Turn turn) {
            generation().flipped(turn);
            String text = "new connections go to " + generation();
            Optional<Current> next = handover.from().map(old -> leave(handover, old, mode));
            if (next.isPresent()) {
                handover.enter(next.get(), PhaseEnd.DONE, text, turn);
            } else {
                handover.finish(PhaseEnd.DONE, text, turn);
            }
        }
    }

    /** What follows a flip: how the old generation goes. */
    static Current leave(Handover handover, Generation old, Mode mode) {
        boolean hasClients = old.state() == GenerationState.SERVING || old.isOnCanary();
        if (hasClients && mode == Mode.STEERED) {
            return new Quiescing(handover, old);
        }
        return old.mayHaveClients() ? new Draining(handover, old) : new Stopping(handover, old);
    }

    /** Of the old generation, as are all that follow: until what is in flight to it has run empty. */
    static final class Quiescing extends Current {
        Quiescing(Handover handover, Generation old) {
            super(handover, Phase.QUIESCE, old);
        }

        @Override
        String text() {
            return "what is in flight to " + generation() + " runs empty";
        }

        @Override
        void begin(Turn turn) {
            Generation old = generation();
            if (handover.mayStandBy(turn)) {
                old.quiesceToReturn("steered away from", turn);
            } else {
                old.quiesce("steered away from", turn);
            }
            turn.effect(
                    new Effect.Quiesce(old.spec().name(), old.id(), old.spec().quiesceTimeout()));
        }

        @Override
        Optional<Duration> limit() {
            return Optional.of(generation().spec().quiesceTimeout().plus(Handover.STEERING_LIMIT));
        }

        @Override
        void on(Event.OfGeneration event, Turn turn) {
            if (event instanceof Event.Quiesced quiesced) {
                done(quiesced.empty() ? PhaseEnd.DONE : PhaseEnd.QUIESCE_TIMED_OUT, quiesced.text(), turn);
            }
        }

        @Override
        void overdue(Turn turn) {
            done(PhaseEnd.QUIESCE_TIMED_OUT, "steering did not answer", turn);
        }

        @Override
        void look(Turn turn) {
            if (handover.isGoneBackOn()) {
                done(PhaseEnd.CANCELLED, handover.to() + " is to be gone back from", turn);
            }
        }

        private void done(PhaseEnd how, String text, Turn turn) {
            if (handover.standsBy()) {
                generation().standBy("to be gone back to", turn);
                handover.finish(how, text, turn);
            } else {
                handover.enter(new Draining(handover, generation()), how, text, turn);
            }
        }
    }

    /** Until it has drained, or its workers have run out of time for it. */
    static final class Draining extends Current {
        Draining(Handover handover, Generation old) {
            super(handover, Phase.DRAIN, old);
        }

        @Override
        String text() {
            return generation() + " drains";
        }

        @Override
        void begin(Turn turn) {
            generation().drain("handed over to generation " + handover.to().id(), turn);
        }

        @Override
        void look(Turn turn) {
            Generation old = generation();
            if (old.state() == GenerationState.DRAINING) {
                return;
            }
            PhaseEnd how = old.parting().drainTimedOut() ? PhaseEnd.DRAIN_TIMED_OUT : PhaseEnd.DONE;
            String text = old + (how == PhaseEnd.DONE ? " has drained" : " did not drain in time");
            if (old.state() == GenerationState.STOPPED) {
                handover.isGone(old, how, text, turn);
            } else {
                handover.enter(new Stopping(handover, old), how, text, turn);
            }
        }
    }

    /** Until no worker of it is left. */
    static final class Stopping extends Current {
        Stopping(Handover handover, Generation old) {
            super(handover, Phase.STOP, old);
        }

        @Override
        String text() {
            return generation() + " is ended";
        }

        @Override
        void begin(Turn turn) {
            if (generation().state() != GenerationState.STOPPING) { // what did not drain in time is being ended
                generation().stop(handover.to() + " serves in its place", turn);
            }
        }

        @Override
        void look(Turn turn) {
            Generation old = generation();
            if (old.state() == GenerationState.STOPPED) {
                handover.isGone(
                        old, old.parting().wasKilled() ? PhaseEnd.KILLED : PhaseEnd.DONE, old + " is gone", turn);
            }
        }
    }

    /** Until steering holds nothing of it any more. */
    static final class Releasing extends Current {
        Releasing(Handover handover, Generation old) {
            super(handover, Phase.RELEASE, old);
        }

        @Override
        String text() {
            return "the listeners of " + generation() + " are released";
        }

        @Override
        void begin(Turn turn) {
            generation().lead().release(turn);
        }

        @Override
        Optional<Duration> limit() {
            return Optional.of(Handover.STEERING_LIMIT);
        }

        @Override
        void on(Event.OfGeneration event, Turn turn) {
            if (event instanceof Event.Released released) {
                handover.released(generation(), released.ledger(), turn);
            }
        }

        @Override
        void overdue(Turn turn) {
            handover.releaseUnanswered(generation(), turn);
        }
    }

    /** Of the new generation: until the command that was started at the flip has ended. */
    static final class AwaitingCommand extends Current {
        private final Command command;

        AwaitingCommand(Handover handover, Generation to, Command command) {
            super(handover, Phase.AFTER_FLIP, to);
            this.command = command;
        }

        @Override
        String text() {
            return generation() + (command.isOver() ? " has run" : " runs") + " its after-flip command";
        }

        @Override
        Optional<Duration> took() {
            return Optional.of(command.took());
        }

        @Override
        void look(Turn turn) {
            if (handover.isGoneBackOn()) {
                handover.complete(PhaseEnd.CANCELLED, handover.to() + " is to be gone back from", turn);
            } else if (command.isOver()) {
                Optional<Worker.Failure> failure = command.failure();
                PhaseEnd how = failure.map(Worker.Failure::end).orElse(PhaseEnd.DONE);
                String text = failure.map(Worker.Failure::reason)
                        .orElse("the after-flip command of " + generation() + " is done");
                handover.complete(how, text, turn);
            }
        }
    }
}
