package dev.handover.supervisor.terms;

import dev.handover.supervisor.terms.Report.ReloadOutcome;
import java.time.Instant;

/**
 * A generation that new connections were moved to, or were to be, and what it was started from.
 *
 * @param at when that had ended, or it was rolled back
 * @param outcome {@code COMPLETED} if it came to serve, and nobody has had it rolled back
 * @param reason for people
 */
public record PastReload(GenerationId generation, Instant at, ReloadOutcome outcome, String reason, ServiceSpec spec) {}
