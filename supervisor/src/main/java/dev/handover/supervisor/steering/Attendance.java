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
 * Listeners of a new generation that its workers close again, as a program does that opens them to try its configuration,
 * and anew to serve. While the generation is young it is looked whether each is still open in its owner; clients are led
 * to those that are. For one thread.
 */
final class Attendance {
    /** Later it is looked at less often, and by others (StillListening). */
    private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Supplier<List<Member>> serving;
    private final Function<GenerationId, Optional<List<ListenAddress>>> steered;
    private final Descendants.Replacement replacement;
    private final Kernel kernel;
    private final Turns turns;
    private final Consumer<String> warnings;

    /**
     * @param serving the members that new connections go to
     * @param steered where a generation is steered to; empty if it is not, or serves no more
     */
    Attendance(
            Supplier<List<Member>> serving,
            Function<GenerationId, Optional<List<ListenAddress>>> steered,
            Descendants.Replacement replacement,
            Kernel kernel,
            Turns turns,
            Consumer<String> warnings) {
        this.serving = serving;
        this.steered = steered;
        this.replacement = replacement;
        this.kernel = kernel;
        this.turns = turns;
        this.warnings = warnings;
    }

    /** New connections have begun to go to this generation. */
    void watch(GenerationId generation, long now) {
        Again.everLessOften(turns, new Young(generation, now + YOUNG_NANOS)::isOver)
                .begin();
    }

    /** One generation while it is young. */
    private final class Young {
        private final GenerationId generation;
        private final long grown;
        /** Workers that have closed a listener, and were not seen to open another. */
        private final Map<WorkerId, ProcessId> lacking = new TreeMap<>();

        private final Set<ProcessId> warnedOf = new HashSet<>();

        Young(GenerationId generation, long grown) {
            this.generation = generation;
            this.grown = grown;
        }

        boolean isOver(long now) {
            Optional<List<ListenAddress>> listen = steered.apply(generation);
            if (listen.isEmpty() || now - grown >= 0) {
                return true;
            }
            serving.get().stream()
                    .filter(member -> member.generation().equals(generation) && !member.isAttended(now))
                    .forEach(member -> lacking.put(member.worker(), member.process()));
            lacking.entrySet().removeIf(worker -> isReplaced(worker.getKey(), worker.getValue(), listen.get(), now));
            return false;
        }

        private boolean isReplaced(WorkerId worker, ProcessId process, List<ListenAddress> listen, long now) {
            try {
                return hasGone(process) || replacement.replace(worker, process, listen, now);
            } catch (IOException e) {
                if (!hasGone(process) && warnedOf.add(process)) {
                    warnings.accept(worker + " (" + process
                            + ") has closed a listener, and new connections may still go there: " + Why.of(e));
                }
                return hasGone(process);
            }
        }
    }

    /** Its end is followed elsewhere. One that is ending has closed what it had, and may not be looked at. */
    private boolean hasGone(ProcessId process) {
        return !kernel.runs(process) || kernel.isEnding(process.pid());
    }
}
