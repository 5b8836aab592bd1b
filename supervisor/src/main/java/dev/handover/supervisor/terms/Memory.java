package dev.handover.supervisor.terms;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What must outlive the supervisor: with it, one that is started after a crash goes on with the workers that still run.
 *
 * @param newest the newest generation that each service ever had
 * @param generations those with running workers
 * @param stopped the services that were stopped on request, and so stay stopped
 * @param reloads how the last reload of each service ended
 * @param givenUp the services whose workers are started no more
 * @param history the last reloads of each service that have ended, from the oldest on
 * @param totals what is counted of each service; without those of which nothing is yet
 */
public record Memory(
        SortedMap<ServiceName, GenerationId> newest,
        List<Remembered> generations,
        SortedMap<ServiceName, Stopped> stopped,
        SortedMap<ServiceName, LastReload> reloads,
        SortedMap<ServiceName, GivenUp> givenUp,
        SortedMap<ServiceName, List<PastReload>> history,
        SortedMap<ServiceName, Totals> totals) {
    public static final Memory EMPTY =
            new Memory(new TreeMap<>(), List.of(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    /** One in which nothing is counted yet. */
    public Memory(
            SortedMap<ServiceName, GenerationId> newest,
            List<Remembered> generations,
            SortedMap<ServiceName, Stopped> stopped,
            SortedMap<ServiceName, LastReload> reloads,
            SortedMap<ServiceName, GivenUp> givenUp,
            SortedMap<ServiceName, List<PastReload>> history) {
        this(newest, generations, stopped, reloads, givenUp, history, new TreeMap<>());
    }

    public Memory {
        newest = Collections.unmodifiableSortedMap(new TreeMap<>(newest));
        generations = List.copyOf(generations);
        stopped = Collections.unmodifiableSortedMap(new TreeMap<>(stopped));
        reloads = Collections.unmodifiableSortedMap(new TreeMap<>(reloads));
        givenUp = Collections.unmodifiableSortedMap(new TreeMap<>(givenUp));
        history = Collections.unmodifiableSortedMap(new TreeMap<>(history));
        totals = Collections.unmodifiableSortedMap(new TreeMap<>(totals));
        for (Remembered generation : generations) {
            GenerationId last = newest.get(generation.spec().name());
            if (last == null || last.compareTo(generation.id()) < 0) {
                throw new IllegalArgumentException(generation.spec().name() + " has generation " + generation.id()
                        + ", but its newest is said to be " + last);
            }
        }
    }

    /** The workers that run, and the commands beside them. */
    public Set<WorkerId> workers() {
        return generations.stream()
                .flatMap(one -> one.processes().keySet().stream()
                        .map(index -> new WorkerId(one.spec().name(), one.id(), index)))
                .collect(Collectors.toSet());
    }

    /** What is left of it once the machine has been started anew: what failed before may do now. */
    public Memory withoutProcesses() {
        return new Memory(newest, List.of(), stopped, reloads, new TreeMap<>(), history, totals);
    }

    /** The same, but for what runs. */
    public Memory withGenerations(List<Remembered> others) {
        return new Memory(newest, others, stopped, reloads, givenUp, history, totals);
    }

    /**
     * That a service was stopped on request.
     *
     * @param at when it was asked for; empty where an earlier version stopped it
     * @param by who asked, such as {@code pid 4711 of uid 1000}; empty where that is not known
     */
    public record Stopped(Optional<Instant> at, String by) {}

    /**
     * That a service stays down until it is asked for, since each of its workers has been started again too often.
     *
     * @param at since when
     * @param reason for people: what its worker came to, and how often
     * @param lastLines what that worker wrote last
     */
    public record GivenUp(Instant at, String reason, List<String> lastLines) {
        public GivenUp {
            lastLines = List.copyOf(lastLines);
        }
    }

    /**
     * One generation.
     *
     * @param processes its running workers, by worker number, and by {@link WorkerId#BEFORE_START} and {@link
     *     WorkerId#AFTER_FLIP} the commands beside them
     * @param owesAfterFlip whether its after-flip command is to be run, and has not been seen to end
     */
    public record Remembered(
            ServiceSpec spec,
            GenerationId id,
            GenerationState state,
            Map<Integer, ProcessId> processes,
            boolean owesAfterFlip) {
        public Remembered {
            processes = Collections.unmodifiableMap(new TreeMap<>(processes));
        }

        /** The same, but for what runs. */
        public Remembered withProcesses(Map<Integer, ProcessId> others) {
            return new Remembered(spec, id, state, others, owesAfterFlip);
        }

        /** The same, but for how far it has come. */
        public Remembered in(GenerationState other) {
            return new Remembered(spec, id, other, processes, owesAfterFlip);
        }
    }
}
