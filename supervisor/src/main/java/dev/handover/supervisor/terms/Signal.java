package dev.handover.supervisor.terms;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The signals that a supervisor sends to workers; there is one object for each. The numbers are those of Linux on x86-64,
 * AArch64 and RISC-V, and of glibc, which keeps the first two real-time signals to itself.
 */
public final class Signal {
    public static final Signal HUP = new Signal("HUP", 1);
    public static final Signal INT = new Signal("INT", 2);
    public static final Signal QUIT = new Signal("QUIT", 3);
    public static final Signal ABRT = new Signal("ABRT", 6);
    public static final Signal KILL = new Signal("KILL", 9);
    public static final Signal USR1 = new Signal("USR1", 10);
    public static final Signal USR2 = new Signal("USR2", 12);
    public static final Signal ALRM = new Signal("ALRM", 14);
    public static final Signal TERM = new Signal("TERM", 15);
    public static final Signal CONT = new Signal("CONT", 18);
    public static final Signal TTIN = new Signal("TTIN", 21);
    public static final Signal TTOU = new Signal("TTOU", 22);
    public static final Signal WINCH = new Signal("WINCH", 28);

    private static final int FIRST_REAL_TIME = 34;
    private static final int LAST_REAL_TIME = 64;

    /** By their distance from SIGRTMIN. */
    private static final List<Signal> REAL_TIME = IntStream.rangeClosed(FIRST_REAL_TIME, LAST_REAL_TIME)
            .mapToObj(number -> new Signal(realTimeName(number), number))
            .toList();

    /** Those that may be chosen to tell a worker to drain. */
    public static final List<Signal> FOR_DRAIN = Stream.concat(
                    Stream.of(HUP, INT, QUIT, TERM, USR1, USR2, WINCH), REAL_TIME.stream())
            .toList();

    /** Those that may be chosen to end one. */
    public static final List<Signal> FOR_STOP =
            Stream.concat(FOR_DRAIN.stream(), Stream.of(ABRT, KILL)).toList();

    /** Those that people may have sent to a worker that goes on: none that is there to end or to suspend a program. */
    public static final List<Signal> FOR_PEOPLE = Stream.concat(
                    Stream.of(HUP, QUIT, USR1, USR2, ALRM, CONT, TTIN, TTOU, WINCH), REAL_TIME.stream())
            .toList();

    private static final Map<String, Signal> BY_NAME = byName();

    private final String name;
    private final int number;

    private Signal(String name, int number) {
        this.name = name;
        this.number = number;
    }

    private static String realTimeName(int number) {
        return number == FIRST_REAL_TIME ? "RTMIN" : "RTMIN+" + (number - FIRST_REAL_TIME);
    }

    private static Map<String, Signal> byName() {
        Map<String, Signal> all = new LinkedHashMap<>();
        FOR_STOP.forEach(signal -> all.put(signal.name, signal));
        all.put(CONT.name, CONT);
        return all;
    }

    /** @throws IllegalArgumentException if none is called so */
    public static Signal named(String name) {
        return Optional.ofNullable(BY_NAME.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no signal is called " + name));
    }

    /** The real-time signal of a number, if it is one's. */
    public static Optional<Signal> realTime(int number) {
        return number < FIRST_REAL_TIME || number > LAST_REAL_TIME
                ? Optional.empty()
                : Optional.of(REAL_TIME.get(number - FIRST_REAL_TIME));
    }

    /** Such as {@code TERM}, or {@code RTMIN+3}. */
    public String name() {
        return name;
    }

    public int number() {
        return number;
    }

    /** The name as users write it, such as {@code SIGTERM}. */
    @Override
    public String toString() {
        return "SIG" + name;
    }
}
