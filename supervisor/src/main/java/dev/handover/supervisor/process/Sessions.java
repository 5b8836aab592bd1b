package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.linux.Threads;
import dev.handover.supervisor.terms.Why;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ends what is left of dead workers' sessions, in process groups of their own. A thread looks for them, since that takes a
 * look at every process of the machine, and once for all workers that end together.
 */
final class Sessions implements AutoCloseable {
    /** A process that forks as it is found leaves a child for the next round; who outruns them all is left. */
    private static final int ROUNDS = 20;

    private static final long LONGEST_END_SECONDS = 5;

    private final Consumer<String> troubles;
    private final ExecutorService thread;
    /** Guarded by itself. */
    private final Set<Long> toEnd = new HashSet<>();

    Sessions(Consumer<String> troubles) {
        this.troubles = troubles;
        thread = Threads.one("session-ends");
    }

    /** @param leader the process that led the session, and may have ended */
    void end(long leader) {
        synchronized (toEnd) {
            toEnd.add(leader);
        }
        thread.execute(this::endAll);
    }

    private void endAll() {
        Set<Long> sessions;
        synchronized (toEnd) {
            sessions = Set.copyOf(toEnd);
            toEnd.clear();
        }
        try {
            int rounds = 0;
            while (!sessions.isEmpty() && rounds < ROUNDS && Processes.killSessions(sessions) > 0) {
                rounds++;
            }
        } catch (IOException refused) {
            troubles.accept(Why.of(refused) + "; processes of a dead worker are left behind");
        }
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
