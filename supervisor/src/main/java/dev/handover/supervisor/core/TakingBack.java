package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import java.time.Duration;
import java.util.Optional;

/** Of the generation that serves: until the clients that a canary got are led to it again, and so all are. */
final class TakingBack extends Phases.Current {
    private final Rollback rollback;

    TakingBack(Handover handover, Generation serving, Rollback rollback) {
        super(handover, Phase.FLIP, serving);
        this.rollback = rollback;
    }

    @Override
    String text() {
        return "all new connections are led to " + generation() + " again: " + rollback.reason();
    }

    @Override
    void begin(Turn turn) {
        generation().lead().steerBack(turn);
    }

    @Override
    Optional<Duration> limit() {
        return Optional.of(Handover.STEERING_LIMIT);
    }

    @Override
    void on(Event.OfGeneration event, Turn turn) {
        if (event instanceof Event.Steered) {
            done("all new connections go to " + generation(), turn);
        } else if (event instanceof Event.Unfit unfit) {
            String text = generation() + " could not be steered to alone: " + unfit.reason() + "; "
                    + handover.from().orElseThrow() + " drains all the same";
            turn.about(generation()).error(text);
            done(text, turn);
        }
    }

    @Override
    void overdue(Turn turn) {
        handover.flipUnanswered(turn);
        done("steering did not answer", turn);
    }

    /** Whatever steering has come to: as what leaves runs empty, nobody is led to it any more. */
    private void done(String text, Turn turn) {
        Generation bad = handover.from().orElseThrow();
        rollback.takenBack(bad.inState(turn.now()));
        handover.enter(Phases.leave(handover, bad, Mode.STEERED), PhaseEnd.DONE, text, turn);
    }
}
