package dev.handover.supervisor.process;

import dev.handover.supervisor.lines.Sparing;
import dev.handover.supervisor.linux.BindNotices;
import dev.handover.supervisor.linux.Children;
import dev.handover.supervisor.linux.InterceptedStart;
import dev.handover.supervisor.linux.InterceptedStart.Intercepted;
import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.Program;
import dev.handover.supervisor.linux.SessionProcesses;
import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sets SO_REUSEPORT on listeners of programs that don't, as they bind them. Each worker's binds are answered on a thread of
 * its own: whoever makes many holds up nobody else, and nobody waits for the loop.
 */
final class Interceptions {
    private final Consumer<String> troubles;

    Interceptions(Consumer<String> troubles) {
        this.troubles = troubles;
    }

    /**
     * Starts a worker's program.
     *
     * @return its pid
     * @throws IOException if it can't be started, or not so, with a message for users
     */
    long start(WorkerId worker, List<ListenAddress> listen, Program program) throws IOException {
        Intercepted started = InterceptedStart.start(program);
        try {
            answer(worker, listen, started.notices());
            return started.pid();
        } catch (OutOfMemoryError noThread) {
            started.notices().close();
            Children.end(started.pid());
            throw new IOException("no thread is to be had that answers its binds", noThread);
        }
    }

    /** Answers for a worker that an earlier supervisor started, and whose binds have waited since that one's end. */
    void adopt(WorkerId worker, List<ListenAddress> listen, long pid) {
        try {
            for (long process : new SessionProcesses(pid).running()) {
                Optional<BindNotices> notices = BindNotices.heldBy(process);
                if (notices.isPresent()) {
                    answer(worker, listen, notices.get());
                    return;
                }
            }
            lost(worker, "none of its processes has kept descriptor 3");
        } catch (IOException refused) {
            lost(worker, Why.of(refused));
        } catch (OutOfMemoryError noThread) {
            lost(worker, "no thread is to be had that answers its binds");
        }
    }

    private void lost(WorkerId worker, String why) {
        troubles.accept(worker + " is not intercepted any more: " + why
                + "; what it binds from now on fails with ENOSYS, and " + CommandNames.CTL + " reload replaces it");
    }

    private void answer(WorkerId worker, List<ListenAddress> listen, BindNotices notices) {
        Sparing spared =
                new Sparing(warning -> troubles.accept(worker + ": " + warning)); // it may bind wrongly all the time
        Thread thread = new Thread(
                () -> {
                    try (notices) {
                        notices.reuseport(listen, spared);
                    } catch (LinuxException | RuntimeException broken) {
                        lost(worker, String.valueOf(broken.getMessage()));
                    }
                },
                "binds-of-" + worker);
        thread.setDaemon(true);
        thread.start();
    }
}
