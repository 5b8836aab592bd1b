package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Autogroup;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.WorkerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Takes workers' share of the CPU from them, and gives it back, on a thread of its own: the kernel may have it wait for its
 * turn. What is given back goes before what is taken.
 */
final class Shares implements AutoCloseable {
    /** The kernel has a turn for an ordinary user each 100 ms, which another process may take. */
    private static final long TURN_MILLIS = 20;

    private static final long REFUSED_MILLIS = 1000;

    private final Consumer<Event> inbox;
    private final Consumer<String> troubles;
    private final ExecutorService thread = Threads.one("worker-share");
    private final BlockingQueue<Runnable> orders = new LinkedBlockingQueue<>();

    // All below is that thread's.
    private final Map<ProcessId, Autogroup> low = new LinkedHashMap<>();
    private final Map<ProcessId, WorkerId> toLower = new LinkedHashMap<>();
    private final Map<ProcessId, WorkerId> toRestore = new LinkedHashMap<>();
    private final Set<ProcessId> refused = new HashSet<>();
    private final GenerationShares generations;

    /**
     * @param cgroups by which the CPU is shared out, where it is
     * @param troubles takes what the kernel refused, in words for the log
     */
    Shares(WorkerCgroups cgroups, Consumer<Event> inbox, Consumer<String> troubles) {
        this.inbox = inbox;
        this.troubles = troubles;
        this.generations = new GenerationShares(cgroups::generation, troubles);
        thread.execute(this::run);
    }

    /** Where the kernel allows it, and others want the CPU, the worker gets little of it from now on. */
    void lower(WorkerId worker, ProcessId process) {
        orders.add(() -> {
            if (!generations.lower(process)) {
                toLower.put(process, worker);
            }
        });
    }

    /** Posts {@link Event.ShareRestored} when the worker gets as much as others. */
    void restore(WorkerId worker, ProcessId process) {
        orders.add(() -> {
            toLower.remove(process);
            generations.restore(process);
            if (low.containsKey(process)) {
                toRestore.put(process, worker);
            } else {
                inbox.accept(new Event.ShareRestored(worker, process.pid()));
            }
        });
    }

    /** The same for one that an earlier supervisor started, and may have had no time to give back what it had taken. */
    void adopt(WorkerId worker, ProcessId process) {
        orders.add(() -> {
            generations.adopt(process);
            if (Autogroup.niceness(process.pid()).orElse(Autogroup.WHOLE) == Autogroup.LOW) {
                restoreAdopted(worker, process);
            }
        });
    }

    private void restoreAdopted(WorkerId worker, ProcessId process) {
        try {
            Autogroup.of(process).ifPresent(group -> {
                low.put(process, group);
                toRestore.put(process, worker);
            });
        } catch (LinuxException no) {
            troubles.accept(worker + " has a low share of the CPU from its start, and can't be given the whole: "
                    + no.getMessage() + "; as root: echo 0 >/proc/" + process.pid() + "/autogroup");
        }
    }

    /** The process is no more. */
    void forget(ProcessId process) {
        orders.add(() -> {
            generations.restore(process);
            drop(process);
        });
    }

    private void drop(ProcessId process) {
        toLower.remove(process);
        toRestore.remove(process);
        refused.remove(process);
        Autogroup group = low.remove(process);
        if (group != null) {
            group.close();
        }
    }

    private void run() {
        try {
            while (true) {
                await();
                List<Runnable> now = new ArrayList<>();
                orders.drainTo(now);
                now.forEach(this::carryOut);
                carryOut(() -> {
                    if (restoreAll()) {
                        lowerAll();
                    }
                });
            }
        } catch (InterruptedException closed) {
            low.values().forEach(Autogroup::close);
        }
    }

    /** For an order, or for the time to try again what could not be done. */
    private void await() throws InterruptedException {
        boolean waits = !toLower.isEmpty() || !toRestore.isEmpty();
        boolean turn = !toLower.isEmpty() || !refused.containsAll(toRestore.keySet());
        Runnable order =
                waits ? orders.poll(turn ? TURN_MILLIS : REFUSED_MILLIS, TimeUnit.MILLISECONDS) : orders.take();
        if (order != null) {
            carryOut(order);
        }
    }

    /** A fault in one must not keep the share from all others. */
    private void carryOut(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException fault) {
            troubles.accept("a worker's share of the CPU may stay low: " + fault);
        }
    }

    /** @return false if others have to wait for their turn */
    private boolean restoreAll() {
        for (Map.Entry<ProcessId, WorkerId> one : List.copyOf(toRestore.entrySet())) {
            ProcessId process = one.getKey();
            Autogroup group = low.get(process);
            try {
                if (group != null && !group.setNiceness(Autogroup.WHOLE)) {
                    return false;
                }
                drop(process);
                inbox.accept(new Event.ShareRestored(one.getValue(), process.pid()));
            } catch (LinuxException no) {
                notRestored(one.getValue(), process, no);
            }
        }
        return true;
    }

    private void notRestored(WorkerId worker, ProcessId process, LinuxException why) {
        if (why.errno().equals("ESRCH")) {
            drop(process);
        } else if (refused.add(process)) {
            troubles.accept(worker + " can't be given its whole share of the CPU back: " + why.getMessage()
                    + "; it is tried again each second");
        }
    }

    private void lowerAll() {
        for (Map.Entry<ProcessId, WorkerId> one : List.copyOf(toLower.entrySet())) {
            ProcessId process = one.getKey();
            try {
                if (Autogroup.obstacle().isEmpty() && !lower(process)) {
                    return;
                }
            } catch (LinuxException no) {
                // It starts as it would have without.
            }
            toLower.remove(process);
        }
    }

    /** @return false if others have to wait for their turn */
    private boolean lower(ProcessId process) throws LinuxException {
        Optional<Autogroup> group = Autogroup.of(process);
        boolean lowered = false;
        try {
            lowered = group.isPresent() && group.get().setNiceness(Autogroup.LOW);
        } finally {
            if (lowered) {
                low.put(process, group.get());
            } else {
                group.ifPresent(Autogroup::close);
            }
        }
        return lowered || group.isEmpty();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
