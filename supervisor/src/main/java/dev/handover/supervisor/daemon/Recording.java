package dev.handover.supervisor.daemon;

import dev.handover.supervisor.terms.Happening;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.ReloadReport;
import java.time.Duration;
import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * What has happened, for a flight recording of the JVM. As long as nothing has ever been recorded in this process, its events are
 * not even loaded.
 */
final class Recording {
    private static final long NONE = 0;

    /** Not in each image that jlink makes. */
    private static final boolean IS_THERE =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private Recording() {}

    static void note(Happening happening) {
        if (IS_THERE && FlightRecorder.isInitialized()) {
            Events.note(happening);
        }
    }

    /** Loaded with the first of them. */
    private static final class Events {
        private Events() {}

        static void note(Happening happening) {
            HappeningEvent event = new HappeningEvent();
            if (event.shouldCommit()) {
                event.what = happening.what().word();
                event.severity = happening.severity().name().toLowerCase(Locale.ROOT);
                event.service = service(happening);
                event.generation = happening
                        .subject()
                        .generation()
                        .map(generation -> (long) generation.number())
                        .orElse(NONE);
                event.text = happening.text();
                event.commit();
            }
            happening.report().ifPresent(report -> note(report, service(happening)));
        }

        private static String service(Happening happening) {
            return happening.subject().service().map(Object::toString).orElse("");
        }

        private static void note(ReloadReport report, String service) {
            HandoverEvent event = new HandoverEvent();
            if (event.shouldCommit()) {
                event.service = service;
                event.from = report.from().map(id -> (long) id.number()).orElse(NONE);
                event.to = report.to().map(id -> (long) id.number()).orElse(NONE);
                event.outcome = report.outcome().name().toLowerCase(Locale.ROOT);
                event.reason = report.reason();
                event.verdict = report.ledger().map(Ledger::verdict).orElse("");
                event.took = report.phases().stream()
                        .map(PhaseReport::took)
                        .reduce(Duration.ZERO, Duration::plus)
                        .toNanos();
                event.commit();
            }
        }
    }

    /** Each that is kept in the chronicle. */
    @Name("dev.handover.Happening")
    @Label("Happening")
    @Category("Handover")
    @Description("What supervisorctl events shows: generations, workers, services")
    @StackTrace(false)
    static final class HappeningEvent extends jdk.jfr.Event {
        @Label("What")
        String what = "";

        @Label("Severity")
        String severity = "";

        @Label("Service")
        String service = "";

        @Label("Generation, 0 where none is meant")
        long generation;

        @Label("Text")
        String text = "";
    }

    /** Each reload, or part of it that is told of for itself, at its end. */
    @Name("dev.handover.Handover")
    @Label("Handover")
    @Category("Handover")
    @Description("What a reload came to, at its end")
    @StackTrace(false)
    static final class HandoverEvent extends jdk.jfr.Event {
        @Label("Service")
        String service = "";

        @Label("From generation, 0 where none was")
        long from;

        @Label("To generation, 0 where none came to be")
        long to;

        @Label("Outcome")
        String outcome = "";

        @Label("Reason")
        String reason = "";

        @Label("Verdict of the ledger")
        String verdict = "";

        @Label("Took, all phases together")
        @Timespan(Timespan.NANOSECONDS)
        long took;
    }
}
