package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.WorkerId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The supervisor's end without its workers. A process whose start has not been heard of is in no state file, and nobody would
 * ever find it: each of them is waited for.
 */
final class Leaving {
    private final Set<WorkerId> starting = new HashSet<>();
    private boolean asked;

    void ask(Turn turn) {
        if (!asked) {
            asked = true;
            turn.aboutAll()
                    .info(
                            What.SUPERVISOR_LEAVES,
                            "leaving: workers serve on, and the supervisor that is started next goes on with them");
        }
    }

    void heed(List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.StartWorker start) {
                starting.add(start.worker());
            }
        }
    }

    void heed(Event event) {
        if (event instanceof Event.Started started) {
            starting.remove(started.worker());
        } else if (event instanceof Event.NotStarted not) {
            starting.remove(not.worker());
        }
    }

    /** What is under way, for people; empty if it was not asked for. */
    Optional<String> motion() {
        return asked ? Optional.of("the supervisor is leaving its workers to another one") : Optional.empty();
    }

    /** Whether it was asked for, and every process that was started is known. */
    boolean isPossible() {
        return asked && starting.isEmpty();
    }
}
