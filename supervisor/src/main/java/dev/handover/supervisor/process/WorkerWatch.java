package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.WorkerId;
import java.util.List;
import java.util.function.Consumer;

/** Watches workers' sockets in the kernel, for programs that say nothing of them. */
public final class WorkerWatch implements AutoCloseable {
    private final Consumer<Event> inbox;
    private final SockDiag sockets;
    private final ListenerProbe listeners;
    private final Lookout lookout = new Lookout("worker-watch");

    /** @param inbox takes what was seen */
    public WorkerWatch(Consumer<Event> inbox) throws LinuxException {
        this.inbox = inbox;
        this.sockets = new SockDiag();
        this.listeners = new ListenerProbe(sockets);
    }

    public void perform(Effect.OfWatch effect) {
        if (effect instanceof Effect.WatchListeners of) {
            watchListeners(of.worker(), of.process().pid(), of.listen(), of.saidReady());
        } else {
            throw new IllegalArgumentException("nobody watches for " + effect);
        }
    }

    /**
     * Posts {@link Event.Listening} once all of {@code listen} exist, {@link Event.NotListening} for what is missing.
     *
     * @param saidReady whether the worker says that they do, which counts where its descriptors may not be read
     */
    private void watchListeners(WorkerId worker, long pid, List<ListenAddress> listen, boolean saidReady) {
        lookout.watch(pid, new ListenerLook(listeners, inbox, worker, pid, listen, saidReady));
    }

    /** Looks at this process no more. */
    public void forget(long pid) {
        lookout.forget(pid);
    }

    @Override
    public void close() {
        lookout.close();
        sockets.close();
    }
}
