package dev.handover.supervisor.terms;

/**
 * A worker's place in its generation; a worker that is restarted keeps it.
 *
 * @param index from 1 to the generation's worker count
 */
public record WorkerId(ServiceName service, GenerationId generation, int index) implements Comparable<WorkerId> {
    public WorkerId {
        if (index < 1) {
            throw new IllegalArgumentException("workers are numbered from 1, not " + index);
        }
    }

    @Override
    public int compareTo(WorkerId other) {
        int byService = service.compareTo(other.service);
        int byGeneration = byService != 0 ? byService : generation.compareTo(other.generation);
        return byGeneration != 0 ? byGeneration : Integer.compare(index, other.index);
    }

    /** The short form that logs and the examples' {@code X-Worker} header use, such as {@code web/g7/w1}. */
    @Override
    public String toString() {
        return service + "/g" + generation + "/w" + index;
    }
}
