package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Cgroup;
import dev.handover.supervisor.linux.CgroupTree;
import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.SessionProcesses;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.linux.WorkerCgroup;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Report.GenerationStatus;
import dev.handover.supervisor.terms.Report.ServiceStatus;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Usage;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Keeps each worker's processes, with all that they fork, in a cgroup of their own, below that of its generation. Nobody leaves it
 * by a session of its own, nor by the end of his parent. Where there can be none, nothing here does anything. Any thread may ask.
 */
public final class WorkerCgroups implements AutoCloseable {
    /** A process that forks before it is taken leaves a child for the next round; each takes what the last one left. */
    private static final int ROUNDS = 50;

    private static final long LONGEST_END_MILLIS = 5000;
    private static final int MOST_NAMED = 5;

    private final Optional<CgroupTree> tree;
    private final Consumer<String> troubles;
    private final ExecutorService ends = Threads.one("cgroup-ends");
    private final Map<Long, WorkerCgroup> byLeader = new ConcurrentHashMap<>();
    private final Set<Cgroup> warned = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    private WorkerCgroups(Optional<CgroupTree> tree, Consumer<String> troubles) {
        this.tree = tree;
        this.troubles = troubles;
    }

    /**
     * Makes what is needed, where it may be made.
     *
     * @param control the path of the supervisor's socket
     * @param troubles takes what the kernel refused, in words for the log
     */
    public static WorkerCgroups settle(Path control, Consumer<String> troubles) {
        if (CgroupTree.obstacle().isPresent()) { // told by the doctor
            return none(troubles);
        }
        try {
            return new WorkerCgroups(Optional.of(CgroupTree.settle(control)), troubles);
        } catch (IOException refused) {
            troubles.accept("workers have no cgroups of their own: " + Why.of(refused));
            return none(troubles);
        }
    }

    static WorkerCgroups none(Consumer<String> troubles) {
        return new WorkerCgroups(Optional.empty(), troubles);
    }

    /** Takes a worker that has just been started, and whatever it has forked by now. */
    void place(WorkerId worker, long leader) {
        tree.ifPresent(all -> {
            try {
                WorkerCgroup made = make(all, worker, leader, false);
                if (made.cgroup().take(leader)) {
                    takeBorn(all, made);
                }
            } catch (IOException refused) {
                warn(all, worker, refused);
            }
        });
    }

    private static void takeBorn(CgroupTree all, WorkerCgroup into) throws IOException {
        List<Long> left = all.born(into.leader());
        for (int round = 0; !left.isEmpty() && round < ROUNDS; round++) {
            for (long pid : left) {
                into.cgroup().take(pid);
            }
            left = all.born(into.leader());
        }
        if (!left.isEmpty()) {
            throw new IOException("they fork faster than they are taken");
        }
    }

    /** Takes a worker that an earlier supervisor started, unless that has. */
    void adopt(WorkerId worker, ProcessId process) {
        Optional<WorkerCgroup> there = WorkerCgroup.of(process.pid()).filter(one -> one.leader() == process.pid());
        if (there.isPresent()) {
            byLeader.put(process.pid(), there.get());
            return;
        }
        tree.ifPresent(all -> {
            try {
                WorkerCgroup made = make(all, worker, process.pid(), true);
                SessionProcesses family = new SessionProcesses(process.pid());
                List<Long> found = List.of();
                List<Long> before;
                int round = 0;
                do {
                    before = found;
                    found = family.running();
                    for (long pid : found) {
                        made.cgroup().take(pid);
                    }
                } while (!found.equals(before) && ++round < ROUNDS);
            } catch (IOException refused) {
                warn(all, worker, refused);
            }
        });
    }

    private synchronized WorkerCgroup make(CgroupTree all, WorkerId worker, long leader, boolean began)
            throws IOException {
        Cgroup generation = all.generation(worker.service(), worker.generation());
        WorkerCgroup made = all.make(generation, worker.name(), leader, began);
        byLeader.put(leader, made);
        return made;
    }

    /** Once a generation. */
    private void warn(CgroupTree all, WorkerId worker, IOException refused) {
        if (warned.add(all.generation(worker.service(), worker.generation()))) {
            troubles.accept(worker + " is not, or not as a whole, in a cgroup of its own: " + Why.of(refused)
                    + "; it goes on without");
        }
    }

    /**
     * Sees to what earlier supervisors left, before anything is started: cgroups that nobody is in are removed, and processes of a
     * worker that has ended meanwhile are ended, as if that had been seen. One that runs and that nobody remembers is left alone.
     */
    public void clear(Memory remembered) {
        Set<Long> leaders = remembered.generations().stream()
                .flatMap(one -> one.processes().values().stream())
                .map(ProcessId::pid)
                .collect(Collectors.toSet());
        try {
            for (Cgroup generation : tree.isPresent() ? tree.get().generations() : List.<Cgroup>of()) {
                for (Cgroup one : generation.children()) {
                    WorkerCgroup.at(one)
                            .filter(worker -> !leaders.contains(worker.leader()))
                            .ifPresent(this::clear);
                }
                if (generation.children().isEmpty()) {
                    generation.remove();
                    forget(generation);
                }
            }
        } catch (IOException refused) {
            troubles.accept("what an earlier supervisor left is not cleared: " + Why.of(refused));
        }
    }

    private void clear(WorkerCgroup unknown) {
        String name = unknown.generation().name() + "/" + unknown.cgroup().name();
        try {
            List<ProcessStat> left = unknown.running();
            if (left.stream().anyMatch(one -> one.pid() == unknown.leader())) {
                troubles.accept(name + " runs, and no supervisor remembers it; it is left alone: " + named(left));
                return;
            }
            if (!left.isEmpty()) {
                troubles.accept(
                        name + " has ended while there was no supervisor, and left " + named(left) + "; ended now");
            }
            ends.execute(() -> remove(name, unknown));
        } catch (IOException gone) {
            // Then nothing is left.
        }
    }

    /** By KILL, with all that are in it. */
    void kill(ProcessId leader) {
        WorkerCgroup of = byLeader.get(leader.pid());
        if (of != null) {
            try {
                of.cgroup().kill();
            } catch (IOException refused) {
                troubles.accept(Why.of(refused) + "; processes of a worker that is killed may be left");
            }
        }
    }

    /** Ends what is left of a worker whose process has ended, and tells of those that would have been found nowhere else. */
    void end(WorkerId worker, ProcessId leader) {
        WorkerCgroup of = byLeader.remove(leader.pid());
        if (of == null) {
            return;
        }
        try {
            List<ProcessStat> escaped = of.outsideSession();
            if (!escaped.isEmpty()) {
                troubles.accept(
                        worker + " has ended, and left " + named(escaped) + " outside of its session; ended now");
            }
        } catch (IOException gone) {
            // Then nothing is left.
        }
        ends.execute(() -> remove(worker, of));
    }

    private static String named(List<ProcessStat> processes) {
        String first = processes.stream()
                .limit(MOST_NAMED)
                .map(one -> "pid " + one.pid() + " (" + one.command() + ")")
                .collect(Collectors.joining(", "));
        int others = processes.size() - MOST_NAMED;
        return others > 0 ? first + " and " + others + " more" : first;
    }

    private void remove(Object of, WorkerCgroup ended) {
        try {
            empty(of, ended.cgroup());
            synchronized (this) { // nobody makes one for another worker of the generation meanwhile
                ended.cgroup().remove();
                if (ended.generation().children().isEmpty()) {
                    ended.generation().remove();
                    forget(ended.generation());
                }
            }
        } catch (IOException refused) {
            troubles.accept(of + ": " + Why.of(refused) + "; its cgroup is left");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void forget(Cgroup generation) {
        warned.remove(generation);
        tree.ifPresent(all -> all.forget(generation));
    }

    private static void empty(Object of, Cgroup ended) throws IOException, InterruptedException {
        if (!ended.processes().isEmpty()) {
            ended.kill();
            if (!ended.awaitEmpty(LONGEST_END_MILLIS)) {
                throw new IOException("processes of " + of + " don't end by KILL, " + ended.processes());
            }
        }
    }

    /** The generation that a worker's process is of; empty where it has none here. */
    Optional<Cgroup> generation(ProcessId leader) {
        return Optional.ofNullable(byLeader.get(leader.pid())).map(WorkerCgroup::generation);
    }

    /** That of a worker's process alone. */
    Optional<Cgroup> ofWorker(long leader) {
        return Optional.ofNullable(byLeader.get(leader)).map(WorkerCgroup::cgroup);
    }

    /** What the generations of these services take; without those that have no cgroup. */
    public Map<ServiceName, Map<GenerationId, Usage>> usage(Collection<ServiceStatus> services) {
        Map<ServiceName, Map<GenerationId, Usage>> all = new HashMap<>();
        for (ServiceStatus service : services) {
            Map<GenerationId, Usage> generations = new HashMap<>();
            for (GenerationStatus one : service.generations()) {
                usage(service.service(), one).ifPresent(usage -> generations.put(one.id(), usage));
            }
            all.put(service.service(), generations);
        }
        return all;
    }

    Optional<Usage> usage(ServiceName service, GenerationStatus status) {
        Optional<Cgroup> adopted = status.workers().stream()
                .flatMap(worker -> worker.pid().stream().boxed())
                .flatMap(pid -> Optional.ofNullable(byLeader.get(pid)).stream())
                .map(WorkerCgroup::generation)
                .findFirst();
        return adopted.or(() -> tree.map(all -> all.generation(service, status.id())))
                .flatMap(one -> UsageReading.of(
                        one, tree.map(all -> all.countsMemoryOf(one)).orElse(true)));
    }

    /** With all that is in it; where that can't be, others still are. */
    private void end(Cgroup generation) throws InterruptedException {
        try {
            empty(generation.name(), generation);
            generation.remove();
        } catch (IOException refused) {
            troubles.accept(Why.of(refused) + "; the cgroup " + generation.name() + " is left");
        }
    }

    /** From now on an end of this is the end of all: see {@link #close}. */
    public void last() {
        over = true;
    }

    /** Where all is over, ends whatever is left in any of its cgroups, and removes them. */
    @Override
    public void close() {
        ends.shutdown();
        try {
            if (!ends.awaitTermination(LONGEST_END_MILLIS, TimeUnit.MILLISECONDS)) {
                troubles.accept("processes of dead workers may be left behind");
            }
            if (over && tree.isPresent()) {
                for (Cgroup generation : tree.get().generations()) {
                    end(generation);
                }
                tree.get().leave();
            }
        } catch (IOException refused) {
            troubles.accept(Why.of(refused) + "; cgroups are left");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
