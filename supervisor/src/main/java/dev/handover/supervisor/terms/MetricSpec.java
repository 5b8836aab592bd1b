package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.List;

/**
 * A command of the user's that tells how a canary fares: it exits with 0 where that is well.
 *
 * @param command the program and its arguments; not empty. {@code ${NAME}} is replaced as it is started.
 * @param interval from one run to the next, and from when a share of the clients is led to the canary to the first
 * @param timeout from its start to its end; then it is killed, with its session
 * @param failures after how many in a row that did not exit with 0 the canary is rolled back, 1 to
 *     {@value HealthSpec#MOST_FAILURES}
 */
public record MetricSpec(List<String> command, Duration interval, Duration timeout, int failures) {
    /** The variable that it finds the generation in that serves all others. */
    public static final String SERVING = "HANDOVER_SERVING_GENERATION";
    /** The variable that it finds the canary's share of the clients in, such as {@code 10%}. */
    public static final String SHARE = "HANDOVER_CANARY_SHARE";

    public MetricSpec {
        command = List.copyOf(command);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command has at least one word");
        }
        if (interval.isNegative() || interval.isZero() || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "a metric's times are longer than 0, not " + interval + " and " + timeout);
        }
        if (failures < 1 || failures > HealthSpec.MOST_FAILURES) {
            throw new IllegalArgumentException(
                    "a canary is rolled back after 1 to " + HealthSpec.MOST_FAILURES + " failures, not " + failures);
        }
    }

    @Override
    public String toString() {
        return "the command '" + command.get(0) + "'";
    }
}
