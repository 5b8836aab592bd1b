package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Cgroup;
import dev.handover.supervisor.linux.CgroupTree;
import dev.handover.supervisor.terms.ProcessId;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The share of the CPU that a generation has by its cgroup: low until the last of its workers that are to start so is to have its
 * whole share, before which the generation gets no client. For one thread.
 */
final class GenerationShares {
    private final Function<ProcessId, Optional<Cgroup>> generations;
    private final Consumer<String> troubles;
    private final Map<Cgroup, Set<ProcessId>> low = new HashMap<>();

    /** @param generations the cgroup of the generation that a process is of; empty where there is none */
    GenerationShares(Function<ProcessId, Optional<Cgroup>> generations, Consumer<String> troubles) {
        this.generations = generations;
        this.troubles = troubles;
    }

    /** @return false if the CPU is not shared out by cgroups here */
    boolean lower(ProcessId process) {
        Optional<Cgroup> generation = generations.apply(process);
        if (generation.isEmpty() || !give(generation.get(), CgroupTree.LOW)) {
            return false;
        }
        low.computeIfAbsent(generation.get(), same -> new HashSet<>()).add(process);
        return true;
    }

    /** This worker is to have its whole share, or is no more. */
    void restore(ProcessId process) {
        for (Map.Entry<Cgroup, Set<ProcessId>> one : Map.copyOf(low).entrySet()) {
            if (one.getValue().remove(process) && one.getValue().isEmpty()) {
                low.remove(one.getKey());
                giveWhole(one.getKey());
            }
        }
    }

    /** One whose supervisor may have had no time to give back what it had taken. */
    void adopt(ProcessId process) {
        generations
                .apply(process)
                .filter(one -> one.weight().orElse(CgroupTree.WHOLE) == CgroupTree.LOW)
                .ifPresent(this::giveWhole);
    }

    private void giveWhole(Cgroup generation) {
        if (!give(generation, CgroupTree.WHOLE) && generation.weight().isPresent()) {
            troubles.accept(generation.name() + " can't be given its whole share of the CPU back; as root: echo "
                    + CgroupTree.WHOLE + " >" + generation + "/cpu.weight");
        }
    }

    private static boolean give(Cgroup generation, long weight) {
        try {
            if (generation.weight().isEmpty()) {
                return false;
            }
            generation.setWeight(weight);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
