package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Subject;
import dev.handover.supervisor.terms.Total;
import dev.handover.supervisor.terms.Totals;
import dev.handover.supervisor.terms.WorkerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One turn of the core: the time it takes place at, and the effects it has. */
final class Turn {
    private final long now;
    private final Instant wall;
    private final List<Effect> effects = new ArrayList<>();
    private final Map<ServiceName, Totals> counts = new HashMap<>();

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

    /** So much more of a service is counted. */
    void count(ServiceName service, Totals more) {
        counts.merge(service, more, Totals::plus);
    }

    void count(ServiceName service, Total one) {
        count(service, Totals.NONE.plus(one, 1));
    }

    Map<ServiceName, Totals> counts() {
        return counts;
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
