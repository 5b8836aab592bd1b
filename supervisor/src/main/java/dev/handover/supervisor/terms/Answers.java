package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.List;

/**
 * What of an answer the connections got that came to one generation.
 *
 * @param unanswered those that got none, of all
 * @param late for each of {@link #BOUNDS}, those whose last answer came later than that, of those of which that is known
 */
public record Answers(Count unanswered, List<Count> late) {
    /** From the last that a client said, or from when it had connected if it said nothing, to the last that it was told. */
    public static final List<Duration> BOUNDS =
            List.of(Duration.ofMillis(125), Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1));

    public static final Answers NONE =
            new Answers(Count.NONE, BOUNDS.stream().map(bound -> Count.NONE).toList());

    public Answers {
        late = List.copyOf(late);
        if (late.size() != BOUNDS.size()) {
            throw new IllegalArgumentException(late.size() + " counts for " + BOUNDS.size() + " bounds");
        }
    }

    /**
     * Connections, and those of them that something is true of.
     *
     * @param clients who made them, as far as they are told apart
     * @param clientsConcerned those of them with at least one that it is true of
     * @param ofWorst the connections of the one client that has most of which it is true
     */
    public record Count(Share all, long clients, long clientsConcerned, Share ofWorst) {
        public static final Count NONE = new Count(Share.NONE, 0, 0, Share.NONE);
    }

    /** So many of so many connections. */
    public record Share(long some, long of) {
        public static final Share NONE = new Share(0, 0);

        public Share {
            if (some < 0 || some > of) {
                throw new IllegalArgumentException(some + " of " + of + " connections");
            }
        }

        public Share without(Share other) {
            return new Share(some - other.some, of - other.of);
        }
    }
}
