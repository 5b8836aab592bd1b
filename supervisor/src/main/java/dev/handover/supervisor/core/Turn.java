package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.RequestId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One turn of the core: the time it takes place at, and the effects it has. */
final class Turn {
    private final long now;
    private final Instant wall;
    private final List<Effect> effects = new ArrayList<>();

    Turn(long now, Instant wall) {
        this.now = now;
        this.wall = wall;
    }

    /** Nanoseconds on the monotonic clock. */
    long now() {
        return now;
    }

    /** The time of day, to be shown; nothing is decided by it. */
    Instant wall() {
        return wall;
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

    /** The last answer to what is not carried out. */
    void refuse(RequestId request, Reply.Reason reason, String message) {
        effects.add(new Effect.Answer(request, new Reply.Refused(reason, message)));
    }

    List<Effect> effects() {
        return effects;
    }
}
