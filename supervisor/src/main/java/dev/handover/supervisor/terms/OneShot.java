package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.List;

/**
 * A command that runs to its end, beside the workers of a generation.
 *
 * @param command the program and its arguments; not empty. {@code ${NAME}} is replaced as it is started.
 * @param timeout from its start to its end; then it is killed, with its session
 */
public record OneShot(List<String> command, Duration timeout) {
    public OneShot {
        command = List.copyOf(command);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command has at least one word");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a command's timeout must be longer than 0, not " + timeout);
        }
    }
}
