package dev.handover.worker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a supervisor tells a worker through its environment (docs/protocol.md).
 *
 * @param socket the supervisor's socket; empty where there is no supervisor
 * @param name such as {@code web/g7/w1}
 * @param listen the declared listeners
 * @param watchdog the longest silence that the supervisor puts up with
 */
record Environment(Optional<Path> socket, String name, List<ListenAddress> listen, Optional<Duration> watchdog) {

    /** Reads it; throws IllegalArgumentException where a variable is of another form than the protocol's. */
    static Environment of(Map<String, String> variables) {
        Optional<Path> socket = text(variables, "HANDOVER_SOCKET").map(Path::of);
        if (socket.isEmpty()) {
            return new Environment(socket, "unsupervised", List.of(), Optional.empty());
        }
        String name = variables.getOrDefault("HANDOVER_SERVICE", "")
                + "/g" + variables.getOrDefault("HANDOVER_GENERATION", "")
                + "/w" + variables.getOrDefault("HANDOVER_WORKER", "");
        return new Environment(socket, name, addresses(variables), watchdog(variables));
    }

    private static List<ListenAddress> addresses(Map<String, String> variables) {
        try {
            return text(variables, "HANDOVER_LISTEN").stream()
                    .flatMap(all -> Arrays.stream(all.trim().split(" +")))
                    .map(ListenAddress::parse)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("HANDOVER_LISTEN: " + e.getMessage(), e);
        }
    }

    private static Optional<Duration> watchdog(Map<String, String> variables) {
        Optional<String> micros = text(variables, "WATCHDOG_USEC");
        if (micros.isEmpty()) {
            return Optional.empty();
        }
        try {
            long value = Long.parseLong(micros.get());
            if (value > 0 && value <= Long.MAX_VALUE / 1000) {
                return Optional.of(Duration.ofNanos(value * 1000));
            }
        } catch (NumberFormatException e) {
            // Told below, together with numbers out of range.
        }
        throw new IllegalArgumentException("WATCHDOG_USEC: expected microseconds from 1, not '" + micros.get() + "'");
    }

    private static Optional<String> text(Map<String, String> variables, String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
    }
}
