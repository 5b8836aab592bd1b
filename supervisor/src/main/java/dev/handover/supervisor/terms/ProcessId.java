package dev.handover.supervisor.terms;

/**
 * A process, told apart from a later one that got the same pid.
 *
 * @param startTicks when it was started, in clock ticks since boot, as field 22 of {@code /proc/PID/stat} says
 */
public record ProcessId(long pid, long startTicks) {
    public ProcessId {
        if (pid < 1) {
            throw new IllegalArgumentException("a pid is at least 1, not " + pid);
        }
    }

    @Override
    public String toString() {
        return "pid " + pid;
    }
}
