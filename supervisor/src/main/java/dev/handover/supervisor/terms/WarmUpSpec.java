package dev.handover.supervisor.terms;

import java.time.Duration;

/**
 * The requests that a new generation is sent before its first client.
 *
 * @param tls whether they are sent over TLS
 * @param path what is asked for; begins with a slash, and has no character that can't stand in a request line
 * @param requests how many each worker is sent, 1 to {@value #MOST_REQUESTS}
 * @param concurrency how many of them at a time, 1 to {@value #MOST_AT_A_TIME}
 * @param timeout how long all of it may take
 */
public record WarmUpSpec(boolean tls, String path, int requests, int concurrency, Duration timeout) {
    public static final int MOST_REQUESTS = 1_000_000;
    public static final int MOST_AT_A_TIME = 64;

    public WarmUpSpec {
        if (!isPath(path)) {
            throw new IllegalArgumentException(
                    "a path begins with a slash, and has only ASCII letters, digits and signs"
                            + " without blanks, not '" + path + "'");
        }
        if (requests < 1 || requests > MOST_REQUESTS) {
            throw new IllegalArgumentException("a worker is sent 1 to " + MOST_REQUESTS + " requests, not " + requests);
        }
        if (concurrency < 1 || concurrency > MOST_AT_A_TIME) {
            throw new IllegalArgumentException("1 to " + MOST_AT_A_TIME + " at a time, not " + concurrency);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a warm-up's timeout must be longer than 0, not " + timeout);
        }
    }

    /** Whether it can be asked for as it stands. */
    public static boolean isPath(String text) {
        return text.startsWith("/") && text.chars().allMatch(sign -> sign > ' ' && sign < 0x7f);
    }
}
