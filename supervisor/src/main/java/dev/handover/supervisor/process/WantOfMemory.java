package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Cgroup;
import dev.handover.supervisor.terms.Exit;
import dev.handover.supervisor.terms.WorkerId;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** Tells of a worker that the kernel has killed for want of memory: waitid(2) says no more of it than SIGKILL. */
final class WantOfMemory {
    private final LongFunction<Optional<Cgroup>> cgroups;
    private final Consumer<String> troubles;

    /**
     * @param cgroups that of a worker's process; empty where it has none
     * @param troubles told of processes of a worker that were killed so, where it ends in another way
     */
    WantOfMemory(LongFunction<Optional<Cgroup>> cgroups, Consumer<String> troubles) {
        this.cgroups = cgroups;
        this.troubles = troubles;
    }

    /**
     * How its process has ended, with what its cgroup says.
     *
     * @param killedHere whether it was sent KILL by this supervisor, which then is what ended it
     */
    Exit explain(WorkerId worker, long pid, Exit exit, boolean killedHere) {
        Optional<Cgroup> cgroup = cgroups.apply(pid);
        long kills = cgroup.map(one -> one.number("memory.events", "oom_kill").orElse(0))
                .orElse(0L);
        if (kills == 0) {
            return exit;
        }
        String limit = limit(cgroup);
        if (!killedHere && exit instanceof Exit.Killed killed && killed.signal().equals("SIGKILL")) {
            return new Exit.OutOfMemory(killed, limit);
        }
        troubles.accept(worker + " " + exit + "; before that the kernel had killed " + kills
                + " of its processes for want of memory (" + limit + ")");
        return exit;
    }

    /** The nearest that it is under. */
    private static String limit(Optional<Cgroup> cgroup) {
        for (Optional<Cgroup> at = cgroup; at.isPresent(); at = at.get().parent()) {
            OptionalLong max = at.get().number("memory.max");
            if (max.isPresent()) {
                return "memory.max of " + at.get() + " is " + max.getAsLong() + " bytes";
            }
        }
        return "it is under no memory.max, so it was the machine's";
    }
}
