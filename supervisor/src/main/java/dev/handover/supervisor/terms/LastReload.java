package dev.handover.supervisor.terms;

import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How the last reload, or start, of a service ended.
 *
 * @param at when it ended, or was refused
 * @param to the new generation, if one was started
 * @param reason for people: why it failed and what serves now, or a summary
 * @param lastLines what the worker that failed wrote last; empty unless one failed
 * @param verdict of its ledger, such as {@code lossless}; empty if it has none
 */
public record LastReload(
        Instant at,
        Optional<GenerationId> to,
        ReloadOutcome outcome,
        String reason,
        List<String> lastLines,
        Optional<String> verdict) {
    public LastReload {
        lastLines = List.copyOf(lastLines);
    }

    public static LastReload of(ReloadReport report, Instant at) {
        return new LastReload(
                at,
                report.to(),
                report.outcome(),
                report.reason(),
                report.lastLines(),
                report.ledger().map(Ledger::verdict));
    }

    /** One that never began. */
    public static LastReload refused(String why, Instant at) {
        return new LastReload(at, Optional.empty(), ReloadOutcome.FAILED, why, List.of(), Optional.empty());
    }
}
