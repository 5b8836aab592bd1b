package dev.handover.supervisor.doctor;

import dev.handover.supervisor.linux.KernelDefect;
import dev.handover.supervisor.linux.KernelDefect.Verdict;
import dev.handover.supervisor.linux.KernelRelease;
import dev.handover.supervisor.linux.MigrationProbe;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.Optional;

/**
 * What was found out about the kernel's defects.
 *
 * @param name what it calls itself
 * @param programs whether it frees a group's program too early
 * @param migration whether a connection that it moves wakes nobody
 * @param untried why migration was judged by the kernel's name; empty if it was tried
 */
record Kernel(String name, Verdict programs, Verdict migration, Optional<String> untried) {
    /** Looks and tries; takes some milliseconds, and a fifth of a second where nobody is woken. */
    static Kernel probe() {
        Optional<KernelRelease> release = KernelRelease.running();
        String name = release.map(KernelRelease::toString).orElse("of a name that tells nothing");
        Verdict programs = byName(release, KernelDefect.PROGRAM_FREED_TOO_EARLY);
        try {
            return new Kernel(name, programs, MigrationProbe.wakes() ? Verdict.NO : Verdict.YES, Optional.empty());
        } catch (IOException refused) {
            return new Kernel(
                    name, programs, byName(release, KernelDefect.MIGRATION_WAKES_NOBODY), Optional.of(Why.of(refused)));
        }
    }

    private static Verdict byName(Optional<KernelRelease> release, KernelDefect defect) {
        return release.map(one -> one.has(defect)).orElse(Verdict.NOT_SHOWN);
    }

    /** What it means for a service that is steered. */
    Optional<Finding> whereSteered() {
        String defect = "free a program that a packet still runs, when a handover replaces it ("
                + KernelDefect.PROGRAM_FREED_TOO_EARLY.id() + ")";
        String mended = KernelDefect.PROGRAM_FREED_TOO_EARLY.mendedIn();
        return switch (programs) {
            case NO -> Optional.empty();
            case YES ->
                Optional.of(new Finding(
                        "this kernel, " + name + ", may " + defect,
                        "Linux " + mended + ", or a kernel whose maker says that it has the fix",
                        "uname -rv"));
            case NOT_SHOWN ->
                Optional.of(new Finding(
                        "not shown: whether this kernel, " + name + ", may " + defect,
                        "ask its maker whether it has the fix, which Linux has in " + mended,
                        "uname -rv"));
        };
    }

    /** What it means where the kernel moves connections ({@code tcp_migrate_req} is 1). */
    Optional<Finding> whereMigrating() {
        String defect =
                "a connection that the kernel moves from a closed listener to another wakes nobody there, and waits"
                        + " for the next one (" + KernelDefect.MIGRATION_WAKES_NOBODY.id() + ")";
        return switch (migration) {
            case NO -> Optional.empty();
            case YES -> Optional.of(new Finding(defect + ": tried here", mended(), "uname -rv"));
            case NOT_SHOWN ->
                Optional.of(new Finding("not shown: whether " + defect + reason(), mended(), "uname -rv"));
        };
    }

    private static String mended() {
        return "a kernel with the fix of spring 2026 (Linux " + KernelDefect.MIGRATION_WAKES_NOBODY.mendedIn()
                + ", or its maker says so), or workers that adopt what others leave (ADOPTS=1)";
    }

    private String reason() {
        return untried.map(why -> "; it can't be tried: " + why).orElse("");
    }

    /** What to bear in mind before the kernel is told to move connections. */
    String beforeMigrating() {
        String id = KernelDefect.MIGRATION_WAKES_NOBODY.id();
        return switch (migration) {
            case NO -> "";
            case YES -> ", on another kernel: on this one, what is moved wakes nobody (" + id + ", tried here)";
            case NOT_SHOWN ->
                ", on a kernel where what is moved wakes somebody (" + id + "), which is not shown of this one"
                        + reason();
        };
    }
}
