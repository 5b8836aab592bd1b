package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.Optional;

/**
 * Where a canary stands.
 *
 * @param share which clients it gets
 * @param step of how many steps, from 1
 * @param left for how long this step goes on; empty while it is paused
 */
public record CanaryStatus(CanaryShare share, int step, int steps, Optional<Duration> left) {}
