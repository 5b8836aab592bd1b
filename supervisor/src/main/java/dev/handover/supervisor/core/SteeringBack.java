package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Report.Phase;
import java.time.Duration;
import java.util.Optional;

/** Of a generation that has served: until all new connections are led to it again, and none to the one that is rolled back. */
abstract class SteeringBack extends Phases.Current {
    private final Rollback rollback;

    SteeringBack(Handover handover, Generation good, Rollback rollback) {
        super(handover, Phase.FLIP, good);
        this.rollback = rollback;
    }

    final Rollback rollback() {
        return rollback;
    }

    final Generation bad() {
        return handover.from().orElseThrow();
    }

    @Override
    final void begin(Turn turn) {
        generation().lead().steerBack(turn);
    }

    @Override
    final Optional<Duration> limit() {
        return Optional.of(Handover.STEERING_LIMIT);
    }
}
