package dev.handover.supervisor.terms;

/**
 * A worker's place in its generation; a worker that is restarted keeps it.
 *
 * @param index from 1 to the generation's worker count
 */
public record WorkerId(ServiceName service, GenerationId generation, int index) implements Comparable<WorkerId> {
    /** The number of the command that is run before a generation's workers are started. */
    public static final int BEFORE_START = 0;
    /** The number of the command that is run once new connections go to a generation. */
    public static final int AFTER_FLIP = -1;
    /** The number of the command that tells how a canary fares. */
    public static final int METRIC = -2;

    public WorkerId {
        if (index < METRIC) {
            throw new IllegalArgumentException("workers are numbered from 1, not " + index);
        }
    }

    /** Whether it is a worker, and no command that is run beside the workers. */
    public boolean isWorker() {
        return index > BEFORE_START;
    }

    /** What it is called within its generation: {@code w1}, {@code before-start}, {@code after-flip}, {@code metric}. */
    public String name() {
        return path().substring(1);
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
        return service + "/g" + generation + path();
    }

    private String path() {
        return switch (index) {
            case BEFORE_START -> "/before-start";
            case AFTER_FLIP -> "/after-flip";
            case METRIC -> "/metric";
            default -> "/w" + index;
        };
    }
}
