package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.OwnedSocket;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Pace;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Sees a starting worker open its listeners. */
final class ListenerLook implements Lookout.Look {
    /** A program that listens on another port is not ready, however often one looks: so it is looked for now and then. */
    private static final Duration FIRST_ELSEWHERE = Duration.ofMillis(100);

    private static final Duration LONGEST_ELSEWHERE = Duration.ofSeconds(1);
    private static final int SHARE_ELSEWHERE = 20;
    private static final int MOST_NAMED = 4;

    private final ListenerProbe probe;
    private final Consumer<Event> inbox;
    private final WorkerId worker;
    private final long pid;
    private final List<ListenAddress> listen;
    private final boolean saidReady;
    private final Pace elsewherePace = new Pace(FIRST_ELSEWHERE, LONGEST_ELSEWHERE, SHARE_ELSEWHERE);
    private long elsewhereAt = System.nanoTime() + elsewherePace.first();
    private String elsewhere = "";
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
            if (search.complete() || (saidReady && search.isUnknown())) {
                return "";
            }
            return search.explanation() + elsewhere(System.nanoTime());
        } catch (IOException unseen) {
            return "its listeners can't be seen: " + Why.of(unseen);
        }
    }

    private String elsewhere(long now) throws IOException {
        if (now - elsewhereAt >= 0) {
            List<OwnedSocket> others = probe.elsewhere(pid, listen);
            String named = others.stream()
                    .limit(MOST_NAMED)
                    .map(other -> other.socket().address())
                    .distinct()
                    .collect(Collectors.joining(", "));
            elsewhere = named.isEmpty()
                    ? ""
                    : ", but it listens on " + named + ": 'listen' and the program are to name the same";
            elsewhereAt = System.nanoTime() + elsewherePace.after(System.nanoTime() - now);
        }
        return elsewhere;
    }
}
