package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.WorkerCgroup;
import dev.handover.supervisor.terms.Memory;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WorkerId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Which processes are workers of ours; asked by every edge that a process speaks to. */
public final class RunningWorkers {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<Long, WorkerId> byPid = new HashMap<>();

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

    /**
     * Starts a worker and adds it. Nobody is looked up meanwhile, so that a worker that speaks before its start has
     * returned here is not taken for a stranger.
     */
    Optional<ProcessId> starting(WorkerId worker, Supplier<Optional<ProcessId>> start) {
        lock.writeLock().lock();
        try {
            Optional<ProcessId> started = start.get();
            started.ifPresent(process -> byPid.put(process.pid(), worker));
            return started;
        } finally {
            lock.writeLock().unlock();
        }
    }

    void remove(long pid) {
        lock.writeLock().lock();
        try {
            byPid.remove(pid);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** The process that a worker is now; empty between two of them. */
    public Optional<Speaker> speaker(WorkerId worker) {
        lock.readLock().lock();
        try {
            return byPid.entrySet().stream()
                    .filter(each -> each.getValue().equals(worker))
                    .findFirst()
                    .map(each -> new Speaker(worker, each.getKey()));
        } finally {
            lock.readLock().unlock();
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
        lock.readLock().lock();
        try {
            for (long ancestor = pid; ancestor > 1; ancestor = parent(ancestor)) {
                WorkerId worker = byPid.get(ancestor);
                if (worker != null) {
                    return Optional.of(new Speaker(worker, ancestor));
                }
            }
            return WorkerCgroup.withItsLeader(pid)
                    .map(WorkerCgroup::leader)
                    .flatMap(leader ->
                            Optional.ofNullable(byPid.get(leader)).map(worker -> new Speaker(worker, leader)));
        } finally {
            lock.readLock().unlock();
        }
    }
}
