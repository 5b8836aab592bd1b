package dev.handover.supervisor.core;

import java.time.Duration;

/** How long a worker that died waits for its restart: 0 at first, then growing, until it has lived for a while. */
final class Backoff {
    static final Duration FIRST = Duration.ofMillis(200);
    static final Duration LONGEST = Duration.ofSeconds(30);
    /** A worker that was ready for this long starts over with no wait. */
    static final Duration FORGIVEN_AFTER = Duration.ofSeconds(10);

    private Duration next = Duration.ZERO;

    /** @param livedReady how long the process that died had been ready; zero if it never was */
    Duration afterDeath(Duration livedReady) {
        if (livedReady.compareTo(FORGIVEN_AFTER) >= 0) {
            next = Duration.ZERO;
        }
        Duration wait = next;
        Duration doubled = wait.isZero() ? FIRST : wait.multipliedBy(2);
        next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        return wait;
    }
}
