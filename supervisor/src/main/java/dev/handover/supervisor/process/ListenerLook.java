package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** Sees a starting worker open its listeners. */
final class ListenerLook implements Lookout.Look {
    private final ListenerProbe probe;
    private final Consumer<Event> inbox;
    private final WorkerId worker;
    private final long pid;
    private final List<ListenAddress> listen;
    private final boolean saidReady;
    private String told = "";

    ListenerLook(
            ListenerProbe probe,
            Consumer<Event> inbox,
            WorkerId worker,
            long pid,
            List<ListenAddress> listen,
            boolean saidReady) {
        this.probe = probe;
        this.inbox = inbox;
        this.worker = worker;
        this.pid = pid;
        this.listen = listen;
        this.saidReady = saidReady;
    }

    @Override
    public boolean isLast() {
        String missing = missing();
        if (missing.isEmpty()) {
            inbox.accept(new Event.Listening(worker, pid));
        } else if (!missing.equals(told)) {
            told = missing;
            inbox.accept(new Event.NotListening(worker, pid, missing));
        }
        return missing.isEmpty();
    }

    private String missing() {
        try {
            ListenerSearch search = probe.search(pid, listen);
            // A program that may not be traced: its word is all there is, and it won't be steered to.
            return saidReady && search.isUnknown() ? "" : search.explanation();
        } catch (IOException unseen) {
            return "its listeners can't be seen: " + unseen.getMessage();
        }
    }
}
