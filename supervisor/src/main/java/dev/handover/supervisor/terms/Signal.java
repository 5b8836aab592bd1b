package dev.handover.supervisor.terms;

import java.util.List;

/** The signals that a supervisor sends to workers. The numbers are those of Linux on x86-64, AArch64 and RISC-V. */
public enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    ABRT(6),
    KILL(9),
    USR1(10),
    USR2(12),
    TERM(15),
    CONT(18),
    WINCH(28);

    /** Those that may be chosen to tell a worker something. */
    public static final List<Signal> FOR_WORKERS = List.of(HUP, INT, QUIT, TERM, USR1, USR2, WINCH);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The name as users write it, such as {@code SIGTERM}. */
    @Override
    public String toString() {
        return "SIG" + name();
    }
}
