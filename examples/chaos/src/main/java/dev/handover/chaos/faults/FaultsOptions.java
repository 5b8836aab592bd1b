package dev.handover.chaos.faults;

import java.time.Duration;

/**
 * What is to be done.
 *
 * @param seed what the schedule is made from
 * @param from the first round, from 1
 * @param duration no round begins later than that
 * @param host where the service listens
 * @param http its port for HTTP
 * @param lines its port for lines
 */
public record FaultsOptions(long seed, int from, Duration duration, String host, int http, int lines) {
    public FaultsOptions {
        if (from < 1) {
            throw new IllegalArgumentException("rounds are counted from 1, not " + from);
        }
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("the duration must be longer than 0, not " + duration);
        }
    }
}
