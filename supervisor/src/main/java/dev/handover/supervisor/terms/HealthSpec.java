package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.List;

/**
 * What workers are asked through the service's address, to see whether they are healthy.
 *
 * @param question what each is asked
 * @param interval from one question to the next
 * @param timeout how long an answer may take, from the first packet on; those of all listeners of a worker together
 * @param failures after how many in a row that were not answered as expected a worker is unhealthy, 1 to
 *     {@value #MOST_FAILURES}
 * @param then what follows for one that serves beside a healthy one
 */
public record HealthSpec(Question question, Duration interval, Duration timeout, int failures, Then then) {
    public static final int MOST_FAILURES = 1000;

    /** The statuses of HTTP that end an answer. */
    public static final int LEAST_STATUS = 200;

    public static final int MOST_STATUS = 599;

    /** What becomes of an unhealthy worker, where another one that is healthy serves. */
    public enum Then {
        /** New connections go to the others. */
        STEER_AWAY,
        /** The same, and it is ended and started again if it does not recover. */
        RESTART
    }

    /** One question, on a connection of its own. */
    public sealed interface Question {}

    /**
     * A GET.
     *
     * @param tls whether it is sent over TLS
     * @param path as {@link WarmUpSpec#isPath} has it
     * @param expect the status that it is to be answered with
     */
    public record Http(boolean tls, String path, int expect) implements Question {
        public Http {
            if (!WarmUpSpec.isPath(path)) {
                throw new IllegalArgumentException("no path: '" + path + "'");
            }
            if (expect < LEAST_STATUS || expect > MOST_STATUS) {
                throw new IllegalArgumentException(
                        "an answer's status is " + LEAST_STATUS + " to " + MOST_STATUS + ", not " + expect);
            }
        }

        @Override
        public String toString() {
            return "GET " + path + (tls ? " over TLS" : "");
        }
    }

    /** That the worker accepts a connection. */
    public record Tcp() implements Question {
        @Override
        public String toString() {
            return "a connection";
        }
    }

    /** A TLS handshake, with whatever certificate. */
    public record Tls() implements Question {
        @Override
        public String toString() {
            return "a TLS handshake";
        }
    }

    /**
     * That a command exits with 0, which reaches the worker by an address that it is given.
     *
     * @param command the program and its arguments; not empty. {@code ${NAME}} is replaced as it is started.
     */
    public record Command(List<String> command) implements Question {
        /** The variable that it finds the address in, such as {@code 127.0.0.1:40123}. */
        public static final String ADDRESS = "HANDOVER_ADDRESS";
        /** The variable that it finds the pid of the worker in. */
        public static final String PID = "HANDOVER_PID";

        public Command {
            command = List.copyOf(command);
            if (command.isEmpty()) {
                throw new IllegalArgumentException("a command has at least one word");
            }
        }

        @Override
        public String toString() {
            return "the command '" + command.get(0) + "'";
        }
    }

    public HealthSpec {
        if (failures < 1 || failures > MOST_FAILURES) {
            throw new IllegalArgumentException(
                    "a worker is unhealthy after 1 to " + MOST_FAILURES + " failures, not " + failures);
        }
        if (interval.isNegative() || interval.isZero() || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "a health check's times are longer than 0, not " + interval + " and " + timeout);
        }
    }
}
