package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Children;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Ends workers' sessions: what is left of a dead worker's in process groups of their own, and by KILL a worker with all that
 * descends from it. A thread looks for them, since that takes a look at every process of the machine, and once for all
 * workers that end together.
 */
final class Sessions implements AutoCloseable {
    private static final long LONGEST_END_SECONDS = 5;

    private final Consumer<String> troubles;
    private final ExecutorService thread;
    /** Guarded by itself. */
    private final Set<ProcessId> toEnd = new HashSet<>();
    /** Guarded by itself. */
    private final Map<ProcessId, Runnable> toKill = new HashMap<>();

    Sessions(Consumer<String> troubles) {
        this.troubles = troubles;
        thread = Threads.one("session-ends");
    }

    /**
     * Ends what is left of a session, and then takes leave of its leader, so that until then its id can be no other's.
     *
     * @param leader the process that led the session, and has ended
     */
    void end(ProcessId leader) {
        synchronized (toEnd) {
            toEnd.add(leader);
        }
        thread.execute(this::endAll);
    }

    /**
     * Ends a process with all that descends from it, also in sessions of their own, such as a container's: they are looked
     * for before it ends, since the kernel gives them another parent then.
     *
     * @param leader leads its session
     * @param directly sends KILL to it and its group, which takes no descriptor and is done whatever was found
     */
    void kill(ProcessId leader, Runnable directly) {
        synchronized (toKill) {
            toKill.put(leader, directly);
        }
        thread.execute(this::killAll);
    }

    private void killAll() {
        Map<ProcessId, Runnable> kills;
        synchronized (toKill) {
            kills = Map.copyOf(toKill);
            toKill.clear();
        }
        if (kills.isEmpty()) {
            return;
        }
        Set<Long> sessions = Set.of();
        try {
            sessions = Processes.sessionsOf(kills.keySet());
        } catch (IOException refused) {
            leftBehind(refused);
        }
        kills.values().forEach(Runnable::run);
        end(sessions);
    }

    private void endAll() {
        Set<ProcessId> leaders;
        synchronized (toEnd) {
            leaders = Set.copyOf(toEnd);
            toEnd.clear();
        }
        Set<Long> theirs = leaders.stream()
                .filter(leader -> !Processes.isReplaced(leader))
                .map(ProcessId::pid)
                .collect(Collectors.toSet());
        end(theirs);
        theirs.forEach(Children::reap);
    }

    private void end(Set<Long> sessions) {
        try {
            Processes.killSessions(sessions);
        } catch (IOException refused) {
            leftBehind(refused);
        }
    }

    private void leftBehind(IOException refused) {
        troubles.accept(Why.of(refused) + "; processes of a dead worker are left behind");
    }

    /** Returns when all that was to be ended has been. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                troubles.accept("processes of dead workers may be left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
