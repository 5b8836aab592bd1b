package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Counts;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import java.util.Optional;

/** The phase in which each worker of the new generation, which no client reaches yet, is asked for its health. */
final class AskingForHealth extends Phases.Current {
    private final Health health;

    AskingForHealth(Handover handover, Generation to) {
        super(handover, Phase.HEALTH, to);
        this.health = to.health().orElseThrow();
    }

    @Override
    String text() {
        return generation() + " is asked for its health";
    }

    @Override
    void begin(Turn turn) {
        generation().askForHealth(turn);
    }

    /** Each question has an end of its own. */
    @Override
    void look(Turn turn) {
        Optional<String> unhealthy = health.unhealthy();
        if (!generation().isReady()) {
            handover.abandonIfFailed(turn);
        } else if (!handover.mayAskForHealth()) {
            serve(
                    PhaseEnd.NOT_SHOWN,
                    "nobody else takes new connections any more, so the health of " + generation()
                            + " is not waited for",
                    turn);
        } else if (unhealthy.isPresent()) {
            handover.abandonAsSaid(PhaseEnd.UNHEALTHY, unhealthy.get(), turn);
        } else if (health.isAnswered()) {
            answered(turn);
        }
    }

    private void answered(Turn turn) {
        Optional<String> unknown = health.unknown();
        PhaseEnd how = unknown.isPresent() ? PhaseEnd.NOT_SHOWN : PhaseEnd.DONE;
        String text = unknown.map(why -> generation() + ": health is not shown: " + why)
                .orElseGet(() -> generation() + " is healthy: "
                        + Counts.text(generation().spec().workers(), "worker"));
        serve(how, text, turn);
    }
}
