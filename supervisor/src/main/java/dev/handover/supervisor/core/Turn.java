package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Effect.Severity;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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

        void info(What what, String text) {
            log(Severity.INFO, text);
            note(what, text);
        }

        void warn(String text) {
            warn(What.WARNING, text);
        }

        void warn(What what, String text) {
            log(Severity.WARN, text);
            note(what, Severity.WARN, text);
        }

        void error(String text) {
            error(What.ERROR, text);
        }

        void error(What what, String text) {
            log(Severity.ERROR, text);
            note(what, Severity.ERROR, text);
        }

        private void log(Severity severity, String text) {
            effects.add(new Effect.Log(severity, subject, text));
        }

        /** For the chronicle alone: the log has it otherwise, or not at all. */
        void note(What what, String text) {
            note(what, Severity.INFO, text);
        }

        void note(What what, Severity severity, String text) {
            effects.add(new Effect.Note(new Happening(wall, what, severity, subject, text)));
        }
    }

    /** What a service's reload, or a part of it that is told of for itself, came to. */
    void note(ReloadReport report) {
        ReloadOutcome outcome = report.outcome();
        Subject subject =
                report.to().map(to -> Subject.of(report.service(), to)).orElseGet(() -> Subject.of(report.service()));
        String text = report.service() + ": " + outcome.name().toLowerCase(Locale.ROOT) + ": " + report.reason()
                + report.ledger().map(ledger -> "; " + ledger.verdict()).orElse("");
        effects.add(new Effect.Note(new Happening(
                wall,
                What.RELOAD_ENDED,
                outcome == ReloadOutcome.FAILED ? Severity.ERROR : Severity.INFO,
                subject,
                text,
                Optional.of(report))));
    }

    /** The last answer to what is not carried out. */
    void refuse(RequestId request, Reply.Reason reason, String message) {
        effects.add(new Effect.Answer(request, new Reply.Refused(reason, message)));
    }

    List<Effect> effects() {
        return effects;
    }
}
