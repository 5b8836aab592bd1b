package dev.handover.supervisor.linux;

import dev.handover.supervisor.linux.KernelRelease.Branch;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Defects of kernels that a handover may meet, by the releases that have them. */
public enum KernelDefect {
    /** A group's classic program that is replaced is freed while a packet may still run it. */
    PROGRAM_FREED_TOO_EARLY(
            "CVE-2026-52910",
            new Branch(4, 5),
            new Branch(7, 2),
            Map.of(
                    new Branch(6, 18), 36,
                    new Branch(6, 12), 94,
                    new Branch(6, 1), 176,
                    new Branch(5, 15), 210)),
    /** A connection that moves from a closing listener to another wakes nobody who waits there. */
    MIGRATION_WAKES_NOBODY("CVE-2026-46015", new Branch(5, 14), new Branch(7, 1), Map.of());

    /** Whether a kernel has a defect. */
    public enum Verdict {
        YES,
        NO,
        /** Its names don't tell: a distribution takes over fixes without a change of number. */
        NOT_SHOWN
    }

    private final String id;
    private final Branch since;
    private final Branch gone;
    private final Map<Branch, Integer> mended;

    /**
     * @param since the first branch that has it
     * @param gone the first branch that never had it again
     * @param mended the first release without it, of the branches in between that are known to have one
     */
    KernelDefect(String id, Branch since, Branch gone, Map<Branch, Integer> mended) {
        this.id = id;
        this.since = since;
        this.gone = gone;
        this.mended = mended;
    }

    /** What it is known by. */
    public String id() {
        return id;
    }

    Verdict in(Branch branch, OptionalInt patch) {
        if (branch.compareTo(since) < 0 || branch.compareTo(gone) >= 0) {
            return Verdict.NO;
        }
        Integer first = mended.get(branch);
        if (first == null || patch.isEmpty()) {
            return Verdict.NOT_SHOWN;
        }
        return patch.getAsInt() >= first ? Verdict.NO : Verdict.YES;
    }

    /** The releases from which on it is mended, for people. */
    public String mendedIn() {
        return new TreeMap<>(mended)
                        .descendingMap().entrySet().stream()
                                .map(entry -> entry.getKey() + "." + entry.getValue() + ", ")
                                .collect(Collectors.joining())
                + gone;
    }
}
