package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Memory.Remembered;
import dev.handover.supervisor.terms.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The generations of one service of which anything is left, and how they are numbered. */
final class Generations {
    private final TreeMap<GenerationId, Generation> all = new TreeMap<>();
    private @Nullable GenerationId newest;

    /** @param newest the newest that the service ever had: numbers go on from it */
    Generations(@Nullable GenerationId newest) {
        this.newest = newest;
    }

    Optional<GenerationId> newest() {
        return Optional.ofNullable(newest);
    }

    Generation start(ServiceSpec spec, AfterDeath whileStarting, Turn turn) {
        newest = newest == null ? new GenerationId(1) : newest.next();
        Generation generation = Generation.start(spec, newest, whileStarting, turn);
        add(generation);
        return generation;
    }

    /** One that an earlier supervisor started. */
    void add(Generation generation) {
        all.put(generation.id(), generation);
    }

    Optional<Generation> find(GenerationId id) {
        return Optional.ofNullable(all.get(id));
    }

    boolean areGone() {
        return all.isEmpty();
    }

    /** From the oldest on; as they are now, whatever is done to them. */
    List<Generation> list() {
        return List.copyOf(all.values());
    }

    /** Those of which no worker is left, which are none of them from now on. */
    List<Generation> takeStopped() {
        List<Generation> stopped = all.values().stream()
                .filter(generation -> generation.state() == GenerationState.STOPPED)
                .toList();
        stopped.forEach(generation -> all.remove(generation.id()));
        return stopped;
    }

    void onDeadline(Turn turn) {
        list().forEach(generation -> generation.onDeadline(turn));
    }

    long nextDeadline() {
        return all.values().stream().mapToLong(Generation::nextDeadline).min().orElse(Long.MAX_VALUE);
    }

    List<Remembered> remember() {
        return all.values().stream().map(Generation::remember).toList();
    }
}
