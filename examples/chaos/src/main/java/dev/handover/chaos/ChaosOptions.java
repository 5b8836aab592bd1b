package dev.handover.chaos;

import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.reload.ReloadOptions;
import java.time.Duration;

/**
 * One run.
 *
 * @param waitForTarget how long the target may take to accept its first connection before the load starts; 0: no wait
 */
public record ChaosOptions(LoadOptions load, ReloadOptions reloads, Duration waitForTarget) {
    public ChaosOptions {
        if (waitForTarget.isNegative()) {
            throw new IllegalArgumentException("the wait for the target is 0 or longer, not " + waitForTarget);
        }
    }

    /** Without reloads and without waiting for the target. */
    public static ChaosOptions of(LoadOptions load) {
        return new ChaosOptions(load, ReloadOptions.none(), Duration.ZERO);
    }

    public ChaosOptions withReloads(ReloadOptions newReloads) {
        return new ChaosOptions(load, newReloads, waitForTarget);
    }

    public ChaosOptions withLoad(LoadOptions newLoad) {
        return new ChaosOptions(newLoad, reloads, waitForTarget);
    }

    public ChaosOptions waitingForTarget(Duration newWaitForTarget) {
        return new ChaosOptions(load, reloads, newWaitForTarget);
    }
}
