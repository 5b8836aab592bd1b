package dev.handover.chaos.faults;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A named moment of a handover, as the control protocol tells it (docs/control.md). */
enum Step {
    STARTED("start", "began"),
    READY("start", "ended"),
    FLIPPED("flip", "ended"),
    QUIESCED("quiesce", "ended"),
    TOLD_TO_DRAIN("drain", "began"),
    DRAINED("drain", "ended");

    private final String phase;
    private final String state;

    Step(String phase, String state) {
        this.phase = phase;
        this.state = state;
    }

    static @Nullable Step of(String phase, String state) {
        for (Step step : values()) {
            if (step.phase.equals(phase) && step.state.equals(state)) {
                return step;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
