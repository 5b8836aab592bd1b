package dev.handover.supervisor.terms;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What must outlive the supervisor: with it, one that is started after a crash goes on with the workers that still run.
 *
 * @param newest the newest generation that each service ever had
 * @param generations those with running workers
 * @param stopped whether a service was stopped on request, and so stays stopped
 */
public record Memory(
        SortedMap<ServiceName, GenerationId> newest, List<Remembered> generations, List<ServiceName> stopped) {
    public static final Memory EMPTY = new Memory(new TreeMap<>(), List.of(), List.of());

    public Memory {
        newest = Collections.unmodifiableSortedMap(new TreeMap<>(newest));
        generations = List.copyOf(generations);
        stopped = List.copyOf(stopped);
        for (Remembered generation : generations) {
            GenerationId last = newest.get(generation.spec().name());
            if (last == null || last.compareTo(generation.id()) < 0) {
                throw new IllegalArgumentException(generation.spec().name() + " has generation " + generation.id()
                        + ", but its newest is said to be " + last);
            }
        }
    }

    /** What is left of it once the machine has been started anew. */
    public Memory withoutProcesses() {
        return new Memory(newest, List.of(), stopped);
    }

    /**
     * One generation.
     *
     * @param processes its running workers, by worker number
     */
    public record Remembered(
            ServiceSpec spec, GenerationId id, GenerationState state, Map<Integer, ProcessId> processes) {
        public Remembered {
            processes = Collections.unmodifiableMap(new TreeMap<>(processes));
        }
    }
}
