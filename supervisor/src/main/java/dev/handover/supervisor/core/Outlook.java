package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Memory.GivenUp;
import dev.handover.supervisor.terms.Memory.Stopped;
import dev.handover.supervisor.terms.Report.ServiceState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a service is up or down at one moment, and why.
 *
 * @param gone whether none of its generations is left
 * @param leaving whether it is to stop
 * @param idle whether nothing serves, or is on its way to: what is left only drains
 * @param incumbent the generation that serves, or is tried until one does
 * @param absence why it is not run, if it is not
 */
record Outlook(
        boolean gone,
        boolean leaving,
        boolean idle,
        Optional<Generation> incumbent,
        Absence absence,
        Optional<LastReload> lastReload) {

    ServiceState state() {
        if (absence.later().isPresent()) {
            return ServiceState.WAITING;
        }
        if (gone) {
            return absence.givenUp().isPresent() ? ServiceState.DOWN : ServiceState.STOPPED;
        }
        if (leaving) {
            return ServiceState.STOPPING;
        }
        if (idle) {
            return ServiceState.DOWN;
        }
        boolean accepts = incumbent.filter(Generation::accepts).isPresent();
        if (serving().isPresent()) {
            return accepts && refusal().isEmpty() ? ServiceState.RUNNING : ServiceState.DOWN;
        }
        return failure().isPresent() && !accepts ? ServiceState.DOWN : ServiceState.STARTING;
    }

    Optional<Generation> serving() {
        return incumbent.filter(generation -> generation.state() == GenerationState.SERVING);
    }

    /** What the worker that keeps it from being wholly up came to, if one does. */
    private Optional<Worker.Failure> failure() {
        return incumbent.flatMap(Generation::failure);
    }

    /** What the after-flip command of the generation that serves came to, where no reload's result has it. */
    private Optional<Worker.Failure> untold() {
        Optional<GenerationId> told = lastReload.flatMap(LastReload::to);
        return serving()
                .filter(generation -> !told.equals(Optional.of(generation.id())))
                .flatMap(Generation::afterFlip)
                .flatMap(Command::failure);
    }

    /** Why it is not wholly up; empty if it is. */
    String reason() {
        return switch (state()) {
            case RUNNING ->
                failure()
                        .or(this::untold)
                        .map(Worker.Failure::reason)
                        .or(this::unhealthy)
                        .orElse("");
            case STARTING -> failure().map(Worker.Failure::reason).orElseGet(this::refusal);
            case WAITING -> absence.later().map(LaterStart::reason).orElseThrow();
            case DOWN ->
                absence.givenUp()
                        .map(GivenUp::reason)
                        .or(() -> failure().map(Worker.Failure::reason))
                        .or(() -> lastReload.filter(last -> idle).map(LastReload::reason))
                        .orElseGet(() -> refusal().isEmpty() ? "no worker is ready" : refusal());
            case STOPPING -> absence.stopped().map(Outlook::asked).orElse("");
            case STOPPED ->
                absence.stopped()
                        .map(Outlook::asked)
                        .orElseGet(() -> absence.isUnstarted()
                                ? Absence.UNSTARTED
                                : lastReload.map(LastReload::reason).orElse(""));
        };
    }

    /** Which worker does not answer as it should, where all run. */
    private Optional<String> unhealthy() {
        return serving().flatMap(Generation::health).flatMap(Health::reason);
    }

    /** What one that is down lacks. */
    String lack() {
        return refusal().isEmpty() ? "nobody accepts" : "no new connections come to it";
    }

    private String refusal() {
        return incumbent.map(one -> one.lead().refusal()).orElse("");
    }

    private static String asked(Stopped request) {
        return request.by().isEmpty() ? "as asked for" : "as asked for by " + request.by();
    }

    /** What the worker that failed wrote last. */
    List<String> lastLines() {
        if (absence.givenUp().isPresent()) {
            return absence.givenUp().get().lastLines();
        }
        if (!gone) {
            return failure()
                    .or(() -> state() == ServiceState.RUNNING ? untold() : Optional.empty())
                    .map(Worker.Failure::lastLines)
                    .orElse(List.of());
        }
        return absence.stopped().isPresent()
                        || absence.isUnstarted()
                        || absence.later().isPresent()
                ? List.of()
                : lastReload.map(LastReload::lastLines).orElse(List.of());
    }

    /**
     * Since when: where it was stopped on request or given up, since then.
     *
     * @param seen since when it has been seen in this state
     * @return empty where that is not known
     */
    Optional<Instant> since(Optional<Instant> seen) {
        Optional<Stopped> request = absence.stopped().filter(asked -> gone);
        return request.isPresent()
                ? request.flatMap(Stopped::at)
                : absence.givenUp().map(GivenUp::at).or(() -> seen);
    }

    /**
     * A few words.
     *
     * @param to the generation that it is handing over to, if it is
     */
    String summary(Optional<GenerationId> to) {
        String under = to.map(id -> ", handing over to generation " + id).orElse("");
        return switch (state()) {
            case WAITING -> "waiting";
            case STARTING -> "starting";
            case DOWN -> "down: " + reason() + under;
            case RUNNING -> "generation " + serving().orElseThrow().id() + " serves" + under;
            case STOPPING -> "stopping";
            case STOPPED -> "stopped";
        };
    }
}
