package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.ConnectionProbe;
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
    private final Consumer<String> troubles;
    private final SockDiag sockets;
    private final ListenerProbe listeners;
    private final ConnectionProbe connections;
    private final Lookout lookout = new Lookout("worker-watch");

    /**
     * @param inbox takes what was seen
     * @param troubles takes what kept connections from being seen, in words for the log
     */
    public WorkerWatch(Consumer<Event> inbox, Consumer<String> troubles) throws LinuxException {
        this.inbox = inbox;
        this.troubles = troubles;
        this.sockets = new SockDiag();
        this.listeners = new ListenerProbe(sockets);
        this.connections = new ConnectionProbe(sockets);
    }

    public void perform(Effect.OfWatch effect) {
        if (effect instanceof Effect.WatchListeners of) {
            watchListeners(of.worker(), of.process().pid(), of.listen(), of.saidReady());
        } else if (effect instanceof Effect.WatchConnections of) {
            watchConnections(of.worker(), of.process().pid(), of.listen());
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

    /**
     * Posts {@link Event.SeenConnections} for each new number of connections accepted from {@code listen}, until there are
     * none.
     */
    private void watchConnections(WorkerId worker, long pid, List<ListenAddress> listen) {
        lookout.watch(
                pid,
                new ConnectionLook(
                        connections,
                        pid,
                        listen,
                        open -> inbox.accept(new Event.SeenConnections(worker, pid, open)),
                        unseen -> troubles.accept("the connections of " + worker + " can't be seen: " + unseen
                                + "; it is ended at its drain deadline")));
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
