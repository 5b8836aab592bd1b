package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.DrainAccount;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.ListenAddress.Transport;
import dev.handover.supervisor.terms.Report.Phase;
import dev.handover.supervisor.terms.Report.PhaseEnd;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.Total;
import dev.handover.supervisor.terms.Totals;
import java.util.Map;

/** What is counted of handovers. */
final class Counting {
    private Counting() {}

    /** A reload that was asked for has ended. */
    static Totals reload(ReloadReport report) {
        long nanos = report.phases().stream()
                .mapToLong(phase -> phase.took().toNanos())
                .sum();
        return reload(report.outcome())
                .plus(Total.RELOADS_BEGUN, report.phases().isEmpty() ? 0 : 1)
                .plus(Total.RELOAD_NANOS, nanos);
    }

    static Totals reload(ReloadOutcome outcome) {
        return Totals.NONE.plus(
                switch (outcome) {
                    case COMPLETED -> Total.RELOADS_COMPLETED;
                    case FAILED -> Total.RELOADS_FAILED;
                    case REPLACED -> Total.RELOADS_REPLACED;
                    case CANCELLED -> Total.RELOADS_CANCELLED;
                },
                1);
    }

    /** A handover has ended, whoever asked for it. */
    static Totals handover(ReloadReport report) {
        Totals totals = Totals.NONE;
        if (report.rolledBack()) {
            totals = totals.plus(Total.ROLLBACKS, 1);
        }
        for (PhaseReport phase : report.phases()) {
            if (phase.phase() == Phase.FLIP && phase.end() == PhaseEnd.DONE) {
                totals = totals.plus(Total.FLIPS, 1)
                        .plus(Total.FLIP_NANOS, phase.took().toNanos());
            }
        }
        return totals.plus(report.ledger().map(Counting::ledger).orElse(Totals.NONE));
    }

    private static Totals ledger(Ledger ledger) {
        Total verdict =
                ledger.isLossless() ? Total.LOSSLESS : ledger.showsLoss() ? Total.NOT_LOSSLESS : Total.NOT_SHOWN;
        long left = ledger.groups().stream()
                .filter(group -> group.address().transport() == Transport.TCP)
                .mapToLong(Ledger.Group::leftAtRelease)
                .sum();
        return Totals.NONE.plus(verdict, 1).plus(Total.LEFT_AT_RELEASE, left);
    }

    /** All workers of a generation have gone. */
    static Totals drained(DrainAccount account) {
        return new Totals(Map.of(
                Total.FINISHED, account.finished(),
                Total.CLOSED_WHILE_IDLE, account.idle(),
                Total.LEFT_BY_CLIENT, account.left(),
                Total.CUT, account.cut(),
                Total.NOT_SEEN, account.unseen(),
                Total.HANDED_ON, account.handedOn()));
    }
}
