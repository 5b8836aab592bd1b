package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.RequestId;
import java.util.ArrayList;
import java.util.List;

/** Whoever is told how a service's reload goes on and how it ended. */
interface Caller {
    void progress(Progress progress, Turn turn);

    /** Called once for each service concerned. */
    void ended(ReloadReport report, Turn turn);

    /** The supervisor itself, which reads its log. */
    Caller NOBODY = new Caller() {
        @Override
        public void progress(Progress progress, Turn turn) {}

        @Override
        public void ended(ReloadReport report, Turn turn) {}
    };

    /** Asked for a reload of one or more services; answered when each has ended. */
    final class OfReload implements Caller {
        private final RequestId request;
        private final int services;
        private final List<ReloadReport> reports = new ArrayList<>();

        OfReload(RequestId request, int services) {
            this.request = request;
            this.services = services;
        }

        @Override
        public void progress(Progress progress, Turn turn) {
            turn.effect(new Effect.Tell(request, progress));
        }

        @Override
        public void ended(ReloadReport report, Turn turn) {
            reports.add(report);
            if (reports.size() == services) {
                turn.effect(new Effect.Answer(request, new Reply.Reloaded(reports)));
            }
        }
    }

    /** Asked for the start of one service. */
    record OfStart(RequestId request) implements Caller {
        @Override
        public void progress(Progress progress, Turn turn) {
            turn.effect(new Effect.Tell(request, progress));
        }

        @Override
        public void ended(ReloadReport report, Turn turn) {
            Reply reply = switch (report.outcome()) {
                case COMPLETED ->
                    new Reply.Started(report.service(), report.to().orElseThrow());
                case FAILED -> new Reply.Refused(Reply.Reason.FAILED, withLastLines(report));
                case REPLACED, CANCELLED -> new Reply.Refused(Reply.Reason.STOPPING, report.reason());
            };
            turn.effect(new Effect.Answer(request, reply));
        }

        private static String withLastLines(ReloadReport report) {
            return report.lastLines().isEmpty()
                    ? report.reason()
                    : report.reason() + "\nthe worker's last lines on stderr:\n"
                            + String.join("\n", report.lastLines());
        }
    }
}
