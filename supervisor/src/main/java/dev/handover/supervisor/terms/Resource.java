package dev.handover.supervisor.terms;

import java.util.Locale;

/**
 * What the kernel limits a process in (getrlimit(2)), named as prlimit(1) does. The numbers are those of Linux on x86-64,
 * AArch64 and RISC-V.
 */
public enum Resource {
    CPU(0),
    FSIZE(1),
    DATA(2),
    STACK(3),
    CORE(4),
    RSS(5),
    NPROC(6),
    NOFILE(7),
    MEMLOCK(8),
    AS(9),
    LOCKS(10),
    SIGPENDING(11),
    MSGQUEUE(12),
    NICE(13),
    RTPRIO(14),
    RTTIME(15);

    private final int number;

    Resource(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The name as users write it, such as {@code nofile}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
