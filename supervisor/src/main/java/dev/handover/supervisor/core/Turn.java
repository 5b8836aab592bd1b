package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Effect.Severity;
import java.util.ArrayList;
import java.util.List;

/** One turn of the core: the time it takes place at, and the effects it has. */
final class Turn {
    private final long now;
    private final List<Effect> effects = new ArrayList<>();

    Turn(long now) {
        this.now = now;
    }

    /** Nanoseconds on the monotonic clock. */
    long now() {
        return now;
    }

    void effect(Effect effect) {
        effects.add(effect);
    }

    void info(String text) {
        effects.add(new Effect.Log(Severity.INFO, text));
    }

    void warn(String text) {
        effects.add(new Effect.Log(Severity.WARN, text));
    }

    void error(String text) {
        effects.add(new Effect.Log(Severity.ERROR, text));
    }

    List<Effect> effects() {
        return effects;
    }
}
