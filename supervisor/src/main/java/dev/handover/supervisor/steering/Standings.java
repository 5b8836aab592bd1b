package dev.handover.supervisor.steering;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.Ledger.Mode;
import dev.handover.supervisor.terms.ListenAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which generation of a service serves, and how each was steered to. For one thread. */
final class Standings {
    private final Map<GenerationId, Standing> all = new HashMap<>();
    private @Nullable GenerationId serving;

    /**
     * How a generation was steered to.
     *
     * @param why why in this mode and not in a better one; empty when steered
     */
    record Standing(List<ListenAddress> listen, Mode mode, String why) {
        /** What one has that this supervisor never steered to. */
        private static final Standing NONE = new Standing(List.of(), Mode.PLAIN, "it was never steered to");

        Standing {
            listen = List.copyOf(listen);
        }

        static Standing steered(List<ListenAddress> listen) {
            return new Standing(listen, Mode.STEERED, "");
        }
    }

    /** From now on it serves, and no other does. */
    void serve(GenerationId generation, Standing standing) {
        serving = generation;
        all.put(generation, standing);
    }

    void forget(GenerationId generation) {
        all.remove(generation);
        if (generation.equals(serving)) {
            serving = null;
        }
    }

    boolean contains(GenerationId generation) {
        return all.containsKey(generation);
    }

    Optional<GenerationId> serving() {
        return Optional.ofNullable(serving);
    }

    /** Of the one that serves. */
    Optional<Standing> now() {
        return Optional.ofNullable(serving).map(all::get);
    }

    /** Where the generation is steered to, if it is the one that serves. */
    Optional<List<ListenAddress>> steeredTo(GenerationId generation) {
        return now().filter(standing -> generation.equals(serving) && standing.mode() == Mode.STEERED)
                .map(Standing::listen);
    }

    /** A handover is no better than the worse of the two generations' modes. */
    Standing worst(GenerationId generation) {
        // One that an earlier supervisor steered away from has none of its own.
        Standing next = all.getOrDefault(serving().orElse(generation), Standing.NONE);
        Standing own = all.getOrDefault(generation, next);
        return own.mode().compareTo(next.mode()) >= 0 ? own : next;
    }
}
