package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.Collections;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * What follows when a worker of a service ends by itself: it is started again, unless it has been too often.
 *
 * @param expectedExits the exit codes, 0 to {@value #LARGEST_EXIT}, with which a worker that was ready ends as it should
 * @param most how often a worker is started again {@code within} that time, 0 to {@value #MOST}; empty for without limit
 * @param within the time in which restarts are counted, ending with the last one
 */
public record RestartSpec(Set<Integer> expectedExits, OptionalInt most, Duration within) {
    public static final int LARGEST_EXIT = 255;
    public static final int MOST = 1000;
    /** No exit is expected, and a worker is started again for as long as its service is to run. */
    public static final RestartSpec DEFAULT = new RestartSpec(Set.of(), OptionalInt.empty(), Duration.ofMinutes(1));

    public RestartSpec {
        expectedExits = Collections.unmodifiableSet(new TreeSet<>(expectedExits));
        expectedExits.forEach(code -> require("an exit code", code, LARGEST_EXIT));
        most.ifPresent(count -> require("most", count, MOST));
        if (within.isNegative() || within.isZero()) {
            throw new IllegalArgumentException("within must be longer than 0, not " + within);
        }
    }

    private static void require(String what, int number, int largest) {
        if (number < 0 || number > largest) {
            throw new IllegalArgumentException(what + " is from 0 to " + largest + ", not " + number);
        }
    }

    /** Whether a worker that was ready ends so as it should. */
    public boolean expects(Exit exit) {
        return exit instanceof Exit.Code code && expectedExits.contains(code.code());
    }
}
