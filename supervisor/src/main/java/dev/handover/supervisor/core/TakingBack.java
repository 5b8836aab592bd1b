package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.Report.PhaseEnd;

/** Of the generation that serves: until the clients that a canary got are led to it again, and so all are. */
final class TakingBack extends SteeringBack {
    TakingBack(Handover handover, Generation serving, Rollback rollback) {
        super(handover, serving, rollback);
    }

    @Override
    String text() {
        return "all new connections are led to " + generation() + " again: "
                + rollback().reason();
    }

    @Override
    void on(Event.OfGeneration event, Turn turn) {
        if (event instanceof Event.Steered) {
            done("all new connections go to " + generation(), turn);
        } else if (event instanceof Event.Unfit unfit) {
            String text = generation() + " could not be steered to alone: " + unfit.reason() + "; " + bad()
                    + " drains all the same";
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
        Generation bad = bad();
        rollback().takenBack(bad.inState(turn.now()));
        handover.enter(Phases.leave(handover, bad, Mode.STEERED), PhaseEnd.DONE, text, turn);
    }
}
