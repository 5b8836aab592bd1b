package dev.handover.chaos.load;

import java.time.Duration;
import java.util.List;

/**
 * What load to put on what.
 *
 * @param rate attempts per second, more than 0: requests in mode keepalive, connections in every other
 * @param duration from the first attempt's time to the end of the timetable, more than 0
 * @param path what HTTP modes ask for
 * @param connections how many connections mode keepalive keeps, at least 1
 * @param lifetime how long a connection of mode long lives, from when it was due
 * @param lineInterval the time between its lines
 * @param connectTimeout from the first SYN
 * @param replyTimeout from the connection, or from the request's sending on one kept alive
 * @param sources the client's addresses, taken in turn, so that a load does not run out of ports; empty: 127.0.0.1 to
 *     127.0.0.32 for an IPv4 target on loopback, else the kernel's choice
 */
public record LoadOptions(
        Target target,
        Mode mode,
        double rate,
        Duration duration,
        String path,
        int connections,
        Duration lifetime,
        Duration lineInterval,
        Duration connectTimeout,
        Duration replyTimeout,
        List<String> sources) {

    public LoadOptions {
        sources = List.copyOf(sources);
        if (!(rate > 0) || rate > 1_000_000) {
            throw new IllegalArgumentException("the rate is more than 0 and at most 1000000 a second, not " + rate);
        }
        if (connections < 1) {
            throw new IllegalArgumentException("at least 1 connection is kept alive, not " + connections);
        }
        if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("the path starts with '/' and has no blanks, not '" + path + "'");
        }
        requirePositive("the duration", duration);
        requirePositive("the lifetime", lifetime);
        requirePositive("the line interval", lineInterval);
        requirePositive("the connect timeout", connectTimeout);
        requirePositive("the reply timeout", replyTimeout);
    }

    /** With path {@code /}, 50 connections, a lifetime of 10 s, a line a second, and timeouts of 5 s and 10 s. */
    public static LoadOptions of(Target target, Mode mode, double rate, Duration duration) {
        return new LoadOptions(
                target,
                mode,
                rate,
                duration,
                "/",
                50,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                List.of());
    }

    public LoadOptions withPath(String newPath) {
        return new LoadOptions(
                target,
                mode,
                rate,
                duration,
                newPath,
                connections,
                lifetime,
                lineInterval,
                connectTimeout,
                replyTimeout,
                sources);
    }

    public LoadOptions withConnections(int newConnections) {
        return new LoadOptions(
                target,
                mode,
                rate,
                duration,
                path,
                newConnections,
                lifetime,
                lineInterval,
                connectTimeout,
                replyTimeout,
                sources);
    }

    public LoadOptions withLongConnections(Duration newLifetime, Duration newLineInterval) {
        return new LoadOptions(
                target,
                mode,
                rate,
                duration,
                path,
                connections,
                newLifetime,
                newLineInterval,
                connectTimeout,
                replyTimeout,
                sources);
    }

    public LoadOptions withTimeouts(Duration newConnectTimeout, Duration newReplyTimeout) {
        return new LoadOptions(
                target,
                mode,
                rate,
                duration,
                path,
                connections,
                lifetime,
                lineInterval,
                newConnectTimeout,
                newReplyTimeout,
                sources);
    }

    public LoadOptions withSources(List<String> newSources) {
        return new LoadOptions(
                target,
                mode,
                rate,
                duration,
                path,
                connections,
                lifetime,
                lineInterval,
                connectTimeout,
                replyTimeout,
                newSources);
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " must be longer than 0, not " + duration);
        }
    }
}
