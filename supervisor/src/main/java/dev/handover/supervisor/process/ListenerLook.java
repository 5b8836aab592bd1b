package dev.handover.supervisor.process;

import dev.handover.supervisor.linux.ListenerProbe;
import dev.handover.supervisor.linux.ListenerSearch;
import dev.handover.supervisor.linux.OwnedSocket;
import dev.handover.supervisor.linux.ProcessStat;
import dev.handover.supervisor.linux.Processes;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.Pace;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Sees a worker open its listeners: one that starts, or one that had closed some. */
final class ListenerLook implements Lookout.Look {
    /** A program that listens on another port is not ready, however often one looks: so it is looked for now and then. */
    private static final Duration FIRST_ELSEWHERE = Duration.ofMillis(100);

    private static final Duration LONGEST_ELSEWHERE = Duration.ofSeconds(1);
    private static final int SHARE_ELSEWHERE = 20;
    private static final int MOST_NAMED = 4;

    /** How long a process that works on is waited for. */
    private static final long WORKS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ListenerProbe probe;
    private final Consumer<Event> inbox;
    private final WorkerId worker;
    private final long pid;
    private final List<ListenAddress> listen;
    private final boolean saidReady;
    private final boolean starts;
    private final Consumer<ListenerSearch> found;
    private final Pace elsewherePace = new Pace(FIRST_ELSEWHERE, LONGEST_ELSEWHERE, SHARE_ELSEWHERE);
    private long elsewhereAt = System.nanoTime() + elsewherePace.first();
    private String elsewhere = "";
    private String told = "";
    /** From when on it is not waited for; 0 while it was not seen to listen. */
    private long worksUntil;

    /**
     * @param starts whether it has not listened yet
     * @param found takes what was found when all is there
     */
    ListenerLook(
            ListenerProbe probe,
            Consumer<Event> inbox,
            WorkerId worker,
            long pid,
            List<ListenAddress> listen,
            boolean saidReady,
            boolean starts,
            Consumer<ListenerSearch> found) {
        this.probe = probe;
        this.inbox = inbox;
        this.worker = worker;
        this.pid = pid;
        this.listen = listen;
        this.saidReady = saidReady;
        this.starts = starts;
        this.found = found;
    }

    @Override
    public boolean isLast() {
        try {
            ListenerSearch search = probe.search(pid, listen);
            // A program that may not be traced: its word is all there is, and it won't be steered to.
            if (!search.complete() && !(saidReady && search.isUnknown())) {
                missing(
                        search.explanation() + elsewhere(System.nanoTime()),
                        !search.near().isEmpty());
                return false;
            }
            if (isAtWork(search, System.nanoTime())) {
                return false;
            }
            found.accept(search);
            inbox.accept(new Event.Listening(worker, pid));
            return true;
        } catch (IOException unseen) {
            missing("its listeners can't be seen: " + Why.of(unseen), false);
            return false;
        }
    }

    private void missing(String text, boolean misfit) {
        if (!text.equals(told)) {
            told = text;
            inbox.accept(new Event.NotListening(worker, pid, text, misfit));
        }
    }

    /**
     * Whether a process that listens has not come to wait for anything yet, and doesn't say itself when it is ready. Some
     * open their listeners to try their configuration, close them, and open others to serve; and one that works on accepts
     * nobody.
     */
    private boolean isAtWork(ListenerSearch search, long now) {
        if (saidReady || !starts) {
            return false;
        }
        worksUntil = worksUntil == 0 ? now + WORKS_NANOS : worksUntil;
        return now - worksUntil < 0
                && search.found().values().stream()
                        .flatMap(List::stream)
                        .map(OwnedSocket::pid)
                        .distinct()
                        .anyMatch(owner ->
                                Processes.stat(owner).filter(ProcessStat::works).isPresent());
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
                    ? abroad()
                    : ", but it listens on " + named + ": 'listen' and the program are to name the same";
            elsewhereAt = System.nanoTime() + elsewherePace.after(System.nanoTime() - now);
        }
        return elsewhere;
    }

    /** As a container that has a network of its own. */
    private String abroad() throws IOException {
        return Processes.withDescendants(pid).stream()
                .filter(Processes::isInAnotherNetwork)
                .findFirst()
                .map(
                        one -> ", and pid " + one
                                + " is in another network namespace, where its listeners are not seen: let it have the supervisor's")
                .orElse("");
    }
}
