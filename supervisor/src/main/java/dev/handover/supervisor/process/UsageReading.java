package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Cgroup;
import dev.handover.supervisor.terms.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads what a cgroup has taken. */
final class UsageReading {
    private static final long NANOS_OF_MICRO = 1000;

    private UsageReading() {}

    /**
     * @param memory whether its memory was counted all the time
     * @return empty if there is no such cgroup any more
     */
    static Optional<Usage> of(Cgroup cgroup, boolean memory) {
        OptionalLong cpu = cgroup.number("cpu.stat", "usage_usec");
        if (cpu.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong tasks = cgroup.number("pids.current");
        try {
            return Optional.of(new Usage(
                    Duration.ofNanos(cpu.getAsLong() * NANOS_OF_MICRO),
                    memory ? cgroup.number("memory.current") : OptionalLong.empty(),
                    memory ? cgroup.number("memory.peak") : OptionalLong.empty(),
                    tasks.isPresent() ? tasks.getAsLong() : cgroup.threads(),
                    cgroup.number("memory.events", "oom_kill")));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
