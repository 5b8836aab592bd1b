package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.WorkerCgroup;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Which processes are workers of ours; asked by every edge that a process speaks to. */
public final class RunningWorkers {
    private final Map<Long, WorkerId> byPid = new ConcurrentHashMap<>();
    /** Held while a process of ours is there that is not in the map yet. */
    private final Lock starting = new ReentrantLock();

    /** @param before those that an earlier supervisor started; they speak as soon as anybody listens */
    public RunningWorkers(Memory before) {
        for (Memory.Remembered generation : before.generations()) {
            generation
                    .processes()
                    .forEach((index, process) -> byPid.put(
                            process.pid(), new WorkerId(generation.spec().name(), generation.id(), index)));
        }
    }

    /** A process that speaks to us, and the worker that it speaks for. */
    public record Speaker(WorkerId worker, long workerPid) {}

    /** Makes a worker's process. */
    @FunctionalInterface
    interface Spawn {
        ProcessId spawn() throws IOException;
    }

    /**
     * Starts a worker and adds it. Who is not known waits meanwhile, so that a worker that speaks before its start has
     * returned here is not taken for a stranger.
     */
    ProcessId starting(WorkerId worker, Spawn start) throws IOException {
        starting.lock();
        try {
            ProcessId started = start.spawn();
            add(worker, started);
            return started;
        } finally {
            starting.unlock();
        }
    }

    int count() {
        return byPid.size();
    }

    void add(WorkerId worker, ProcessId process) {
        byPid.put(process.pid(), worker);
    }

    void remove(long pid) {
        byPid.remove(pid);
    }

    /** The process that a worker is now; empty between two of them. */
    public Optional<Speaker> speaker(WorkerId worker) {
        return known(() -> byPid.entrySet().stream()
                .filter(each -> each.getValue().equals(worker))
                .findFirst()
                .map(each -> new Speaker(worker, each.getKey())));
    }

    private Optional<Speaker> known(Supplier<Optional<Speaker>> look) {
        Optional<Speaker> found = look.get();
        if (found.isPresent()) {
            return found;
        }
        starting.lock();
        try {
            return look.get();
        } finally {
            starting.unlock();
        }
    }

    private static long parent(long pid) {
        return Processes.stat(pid).map(ProcessStat::parent).orElse(0L);
    }

    /** Whether a process is a worker's, or descends from one, or is in its cgroup. */
    public boolean isWorker(long pid) {
        return speaker(pid).isPresent();
    }

    /** Finds the worker that a process is, or is a descendant of, or whose cgroup it is in, whatever became of its parents. */
    public Optional<Speaker> speaker(long pid) {
        return known(() -> find(pid));
    }

    private Optional<Speaker> find(long pid) {
        for (long ancestor = pid; ancestor > 1; ancestor = parent(ancestor)) {
            WorkerId worker = byPid.get(ancestor);
            if (worker != null) {
                return Optional.of(new Speaker(worker, ancestor));
            }
        }
        return WorkerCgroup.withItsLeader(pid)
                .map(WorkerCgroup::leader)
                .flatMap(leader -> Optional.ofNullable(byPid.get(leader)).map(worker -> new Speaker(worker, leader)));
    }
}
