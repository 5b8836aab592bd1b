package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.Optional;

/**
 * What became of an upgrade, as the supervisor tells that runs since.
 *
 * @param failure why the other program did not take the place, so that the one before runs again; empty where it did
 * @param without for how long there was no supervisor
 * @param workers processes that were gone on with
 * @param services that those belong to
 */
public record UpgradeReport(
        Request.Upgrade upgrade, Optional<String> failure, Duration without, int workers, int services) {}
