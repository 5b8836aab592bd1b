package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.LinuxException;
import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.SockDiag;
import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import java.time.Duration;
import java.util.function.Consumer;

/** Watches workers' sockets in the kernel, for programs that say nothing of them. */
public final class WorkerWatch implements AutoCloseable {
    /** Somebody waits for a worker that starts. */
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);
    /** One that has closed its listener may never open another. */
    private static final Duration LONGEST_PAUSE_AGAIN = Duration.ofSeconds(1);

    private final Consumer<Event> inbox;
    private final SockDiag sockets;
    private final ListenerProbe listeners;
    private final Lookout lookout = new Lookout("worker-watch");
    private final StillListening stillListening;

    /** @param inbox takes what was seen */
    public WorkerWatch(Consumer<Event> inbox) throws LinuxException {
        this.inbox = inbox;
        this.sockets = new SockDiag();
        this.listeners = new ListenerProbe(sockets);
        this.stillListening = new StillListening("still-listening");
    }

    public void perform(Effect.OfWatch effect) {
        if (effect instanceof Effect.WatchListeners of) {
            watch(of, true);
        } else if (effect instanceof Effect.LookAway of) {
            forget(of.process().pid());
        } else {
            throw new IllegalArgumentException("nobody watches for " + effect);
        }
    }

    /** @param starts whether it has not listened yet */
    private void watch(Effect.WatchListeners of, boolean starts) {
        long pid = of.process().pid();
        Consumer<ListenerSearch> found = search -> stillListening.watch(pid, search, () -> watch(of, false));
        lookout.watch(
                pid,
                new ListenerLook(listeners, inbox, of.worker(), pid, of.listen(), of.saidReady(), starts, found),
                starts ? LONGEST_PAUSE : LONGEST_PAUSE_AGAIN);
    }

    /** Looks at this process no more. */
    public void forget(long pid) {
        lookout.forget(pid);
        stillListening.forget(pid);
    }

    @Override
    public void close() {
        lookout.close();
        stillListening.close();
        sockets.close();
    }
}
