package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.Report.PhaseEnd;

/** Of a generation that stands by: until new connections go to it again, and no more to the one that is rolled back. */
final class FlippingBack extends SteeringBack {
    FlippingBack(Handover handover, Generation standby, Rollback rollback) {
        super(handover, standby, rollback);
    }

    @Override
    String text() {
        return "new connections are moved back to " + generation() + ": "
                + rollback().reason();
    }

    @Override
    void on(Event.OfGeneration event, Turn turn) {
        if (event instanceof Event.Steered steered) {
            done(steered.mode(), turn);
        } else if (event instanceof Event.Unfit unfit) {
            handover.staysAsItWas(PhaseEnd.UNFIT, unfit.reason(), turn);
        }
    }

    @Override
    void overdue(Turn turn) {
        handover.flipUnanswered(turn);
        done(Mode.PLAIN, turn);
    }

    private void done(Mode mode, Turn turn) {
        Generation bad = bad();
        rollback().flippedBack(bad.inState(turn.now()));
        generation().returned(turn);
        String text = "new connections go to " + generation() + " again";
        handover.enter(Phases.leave(handover, bad, mode), PhaseEnd.DONE, text, turn);
    }
}
