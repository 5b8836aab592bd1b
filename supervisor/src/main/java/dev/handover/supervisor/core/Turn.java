package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Subject;
import dev.handover.supervisor.terms.WorkerId;
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

    /** The beginning of a line for the log. */
    Lines about(WorkerId worker) {
        return new Lines(Subject.of(worker));
    }

    Lines about(Generation generation) {
        return about(generation.spec().name(), generation.id());
    }

    Lines about(ServiceName service, GenerationId generation) {
        return new Lines(Subject.of(service, generation));
    }

    Lines about(ServiceName service) {
        return new Lines(Subject.of(service));
    }

    /** About the supervisor itself. */
    Lines aboutAll() {
        return new Lines(Subject.SUPERVISOR);
    }

    /** Lines for the log that are about one and the same. */
    final class Lines {
        private final Subject subject;

        private Lines(Subject subject) {
            this.subject = subject;
        }

        void debug(String text) {
            log(Severity.DEBUG, text);
        }

        void info(String text) {
            log(Severity.INFO, text);
        }

        void warn(String text) {
            log(Severity.WARN, text);
        }

        void error(String text) {
            log(Severity.ERROR, text);
        }

        private void log(Severity severity, String text) {
            effects.add(new Effect.Log(severity, subject, text));
        }
    }

    /** The last answer to what is not carried out. */
    void refuse(RequestId request, Reply.Reason reason, String message) {
        effects.add(new Effect.Answer(request, new Reply.Refused(reason, message)));
    }

    List<Effect> effects() {
        return effects;
    }
}
