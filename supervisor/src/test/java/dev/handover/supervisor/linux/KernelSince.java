package dev.handover.supervisor.linux;

import dev.handover.supervisor.linux.KernelRelease.Branch;

/** Whether the kernel that runs is that one or a later one, for tests of what others lack. */
public final class KernelSince {
    private KernelSince() {}

    public static boolean is(int major, int minor) {
        return KernelRelease.running()
                .filter(running -> running.branch().compareTo(new Branch(major, minor)) >= 0)
                .isPresent();
    }
}
