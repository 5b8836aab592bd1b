package dev.handover.chaos.reload;

import java.time.Duration;
import java.util.List;

/**
 * What reloads to do.
 *
 * @param count how many, 0 or more
 * @param command the program and its arguments; empty only where count is 0
 * @param timeout how long each may take; one that takes longer is killed, and has failed
 */
public record ReloadOptions(int count, List<String> command, Duration timeout) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(2);

    public ReloadOptions {
        command = List.copyOf(command);
        if (count < 0) {
            throw new IllegalArgumentException("the number of reloads is 0 or more, not " + count);
        }
        if (count > 0 && command.isEmpty()) {
            throw new IllegalArgumentException("reloads need a command");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the reload timeout must be longer than 0, not " + timeout);
        }
    }

    public static ReloadOptions none() {
        return new ReloadOptions(0, List.of(), DEFAULT_TIMEOUT);
    }

    /** @param command given to {@code sh -c} */
    public static ReloadOptions of(int count, String command) {
        return new ReloadOptions(count, List.of("sh", "-c", command), DEFAULT_TIMEOUT);
    }

    public ReloadOptions withTimeout(Duration newTimeout) {
        return new ReloadOptions(count, command, newTimeout);
    }

    public ReloadOptions withCommand(List<String> newCommand) {
        return new ReloadOptions(count, newCommand, timeout);
    }
}
