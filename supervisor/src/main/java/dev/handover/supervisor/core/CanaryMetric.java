package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CanaryShare;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.HealthAnswer;
import dev.handover.supervisor.terms.MetricSpec;
import java.util.Optional;

/** How a canary fares by a command of the user's, which is run again and again as long as some clients are led to it. */
final class CanaryMetric {
    private static final long NEVER = Long.MAX_VALUE;

    private final MetricSpec spec;
    private final Generation canary;
    private final GenerationId serving;

    private long number;
    /** Whether an answer is awaited, until the deadline; else it is run then. */
    private boolean awaits;

    private long asked;
    private long deadline = NEVER;
    /** Whether anything is known since the share that it has was led to it. */
    private boolean known;

    private int failed;
    private String why = "";
    private boolean warned;

    CanaryMetric(MetricSpec spec, Generation canary, GenerationId serving) {
        this.spec = spec;
        this.canary = canary;
        this.serving = serving;
    }

    /** The canary has another share from now on. */
    void begin(Turn turn) {
        known = false;
        deadline = turn.now() + spec.interval().toNanos();
    }

    long nextDeadline() {
        return deadline;
    }

    /** Runs it when its time has come. */
    void look(CanaryShare share, Turn turn) {
        if (turn.now() < deadline) {
            return;
        }
        if (awaits) {
            answered(HealthAnswer.NOT_ASKED, "nobody has said how it ended", turn);
        } else {
            awaits = true;
            number++;
            asked = turn.now();
            deadline = asked + spec.timeout().plus(Handover.STEERING_LIMIT).toNanos();
            turn.effect(new Effect.AskMetric(canary.id(), number, spec, serving, share, canary.spec()));
        }
    }

    void on(Event.MetricSeen seen, Turn turn) {
        if (awaits && seen.number() == number) { // else it is of another share, or comes too late
            answered(seen.answer(), seen.text(), turn);
        }
    }

    private void answered(HealthAnswer answer, String text, Turn turn) {
        awaits = false;
        known = true;
        deadline = Math.max(asked + spec.interval().toNanos(), turn.now() + 1);
        switch (answer) {
            case AS_EXPECTED -> failed = 0;
            case OTHERWISE -> {
                failed++;
                why = text;
                turn.about(canary).warn(canary + ": " + text + ", " + failed + " of " + spec.failures());
            }
            case NOT_ASKED -> notAsked(text, turn);
        }
    }

    /** It is no fault of the canary's, which goes on without. */
    private void notAsked(String text, Turn turn) {
        failed = 0;
        if (!warned) {
            warned = true;
            turn.about(canary).warn("how " + canary + " fares by its metric is not shown: " + text);
        }
    }

    /** Whether the canary may go on to its next step: no answer is awaited, and the last one was no failure. */
    boolean isSettled() {
        return known && !awaits && failed == 0;
    }

    /** Why the canary is bad, for people; empty where it is not. */
    Optional<String> verdict() {
        return failed >= spec.failures()
                ? Optional.of(why + (failed > 1 ? ", " + failed + " times in a row" : ""))
                : Optional.empty();
    }
}
