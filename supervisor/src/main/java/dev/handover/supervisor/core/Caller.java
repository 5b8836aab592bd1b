package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Reply;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.Progress;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.RequestId;
import dev.handover.supervisor.terms.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whoever is told how a service's reload goes on and how it ended. */
interface Caller {
    void progress(Progress progress, Turn turn);

    /** Called once for each service concerned. */
    void ended(ReloadReport report, Turn turn);

    /** What it asked for beside, that the service gives addresses to or takes them from. */
    Takeover takeover(ServiceName service);

    /** The supervisor itself, which reads its log. */
    Caller NOBODY = new Caller() {
        @Override
        public Takeover takeover(ServiceName service) {
            return Takeover.NONE;
        }

        @Override
        public void progress(Progress progress, Turn turn) {}

        @Override
        public void ended(ReloadReport report, Turn turn) {}
    };

    /** Asked for a reload of one or more services; answered when each has ended. */
    final class OfReload implements Caller {
        private final RequestId request;
        private final int services;
        private final Moves moves;
        private final Map<ServiceName, Takeover> takeovers;
        private final List<ReloadReport> reports = new ArrayList<>();

        /** @param takeovers those of the services that give or take addresses */
        OfReload(RequestId request, int services, Moves moves, Map<ServiceName, Takeover> takeovers) {
            this.request = request;
            this.services = services;
            this.moves = moves;
            this.takeovers = Map.copyOf(takeovers);
        }

        @Override
        public Takeover takeover(ServiceName service) {
            return takeovers.getOrDefault(service, Takeover.NONE);
        }

        @Override
        public void progress(Progress progress, Turn turn) {
            turn.effect(new Effect.Tell(request, progress));
            boolean flipped = progress.phase() == Phase.FLIP
                    && progress.ended()
                            .filter(end -> end.end() == PhaseEnd.DONE)
                            .isPresent();
            if (flipped) {
                takeover(progress.service()).serves(progress.service());
            }
        }

        @Override
        public void ended(ReloadReport report, Turn turn) {
            takeover(report.service()).failed(report.service(), report.reason());
            reports.add(
                    report.outcome() == ReloadOutcome.COMPLETED || report.hasFlipped()
                            ? report.withUnserved(moves.unserved(report.service()))
                            : report);
            if (reports.size() == services) {
                turn.effect(new Effect.Answer(request, new Reply.Reloaded(reports)));
            }
        }
    }

    /**
     * Whoever has a canary taken back, and whoever had asked for its reload.
     *
     * @param canary the handover to it
     * @param byItself whether nobody has asked for that; then the other one is told how it goes on
     */
    record OfUndone(Caller asked, Handover canary, boolean byItself) implements Caller {
        @Override
        public Takeover takeover(ServiceName service) {
            return Takeover.NONE;
        }

        @Override
        public void progress(Progress progress, Turn turn) {
            if (byItself) {
                canary.passOn(progress, turn);
            } else {
                asked.progress(progress, turn);
            }
        }

        @Override
        public void ended(ReloadReport report, Turn turn) {
            asked.ended(report, turn);
            canary.reportUndone(report, turn);
        }
    }

    /** Asked for the start of one service. */
    record OfStart(RequestId request) implements Caller {
        @Override
        public Takeover takeover(ServiceName service) {
            return Takeover.NONE;
        }

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
                    : report.reason() + "\nits last lines:\n" + String.join("\n", report.lastLines());
        }
    }
}
