package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What a generation takes, as its cgroup shows it: all of its processes together.
 *
 * @param cpu the time of CPUs that it has had, with that of processes that have ended
 * @param memory bytes, with what the kernel keeps for it, such as files in its cache; empty where that is not counted
 * @param peak the most that it ever was; empty where that is not counted
 * @param tasks processes and threads that there are
 * @param oomKills how many of its processes the kernel has killed for want of memory; empty where that is not counted
 */
public record Usage(Duration cpu, OptionalLong memory, OptionalLong peak, long tasks, OptionalLong oomKills) {}
