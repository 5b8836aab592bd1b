package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.ListenAddress;
import dev.handover.supervisor.terms.ProcessId;
import dev.handover.supervisor.terms.Why;
import dev.handover.supervisor.terms.WorkerId;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Descendants of workers that have serving listeners open themselves, as the children of a preforking server do. Nobody but
 * the kernel tells of their ends; when one has ended, its worker's other descendants are looked at, until one listens in its
 * place. For one thread.
 */
final class Descendants {
    /** A preforking server that replaces a child, because it crashed or is used up, has the next one listen in less. */
    private static final long REPLACEMENT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Supplier<List<Member>> serving;
    private final Function<GenerationId, Optional<List<ListenAddress>>> steered;
    private final Replacement replacement;
    private final Kernel kernel;
    private final Ends ends;
    private final Turns turns;
    private final Consumer<String> warnings;
    private final Again looks;
    private final Set<ProcessId> watched = new HashSet<>();
    /** Workers that lack a descendant which listened. */
    private final Map<WorkerId, Bereft> bereft = new TreeMap<>();

    /** @param until when somebody is expected in its place */
    private record Bereft(ProcessId process, long until) {}

    /** Tells of a process' end. */
    @FunctionalInterface
    interface Ends {
        /** @param ended called once, on any thread; at once if it has gone */
        void watch(ProcessId process, Runnable ended) throws IOException;
    }

    /** Sees to it that new connections of a worker go to who listens. */
    @FunctionalInterface
    interface Replacement {
        /** @return whether somebody listens anew */
        boolean replace(WorkerId worker, ProcessId process, List<ListenAddress> listen, long now) throws IOException;
    }

    /**
     * @param serving the members that new connections go to
     * @param steered where a generation is steered to; empty if it is not, or serves no more
     */
    Descendants(
            Supplier<List<Member>> serving,
            Function<GenerationId, Optional<List<ListenAddress>>> steered,
            Replacement replacement,
            Kernel kernel,
            Ends ends,
            Turns turns,
            Consumer<String> warnings) {
        this.serving = serving;
        this.steered = steered;
        this.replacement = replacement;
        this.kernel = kernel;
        this.ends = ends;
        this.turns = turns;
        this.warnings = warnings;
        this.looks = Again.everLessOften(turns, this::areReplaced);
    }

    /** Watches those that serve now, too. */
    void watch() {
        for (Member member : serving.get()) {
            if (member.isOwnedByDescendant() && watched.add(member.owner())) {
                watch(member.owner());
            }
        }
    }

    private void watch(ProcessId owner) {
        Runnable ended = () -> turns.later(0, now -> ended(owner, now));
        try {
            ends.watch(owner, ended);
        } catch (IOException e) {
            ended.run(); // what can't be watched is looked at once
        }
    }

    private void ended(ProcessId owner, long now) {
        watched.remove(owner);
        for (Member member : serving.get()) {
            if (!kernel.runs(member.owner())) {
                bereft.put(member.worker(), new Bereft(member.process(), now + REPLACEMENT_NANOS));
            }
        }
        if (!areReplaced(now)) {
            looks.begin();
        }
    }

    private boolean areReplaced(long now) {
        bereft.entrySet().removeIf(lacking -> isReplaced(lacking.getKey(), lacking.getValue(), now));
        if (bereft.isEmpty()) {
            watch();
        }
        return bereft.isEmpty();
    }

    private boolean isReplaced(WorkerId worker, Bereft lacking, long now) {
        ProcessId process = lacking.process();
        Optional<List<ListenAddress>> listen = steered.apply(worker.generation());
        if (listen.isEmpty() || !kernel.runs(process)) {
            return true; // its worker has ended, or leaves; that is followed elsewhere
        }
        try {
            return replacement.replace(worker, process, listen.get(), now) || now - lacking.until() >= 0;
        } catch (IOException e) {
            warnings.accept(worker + " (" + process
                    + "): a descendant has ended, and new connections may still go to it: " + Why.of(e));
            return true;
        }
    }
}
