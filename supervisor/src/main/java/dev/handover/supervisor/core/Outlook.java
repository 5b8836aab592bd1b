package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.LastReload;
import dev.handover.supervisor.terms.Memory.GivenUp;
import dev.handover.supervisor.terms.Memory.Stopped;
import dev.handover.supervisor.terms.Report.ServiceState;
import java.util.List;
import java.util.Optional;

/**
 * Whether a service is up or down at one moment, and why.
 *
 * @param gone whether none of its generations is left
 * @param leaving whether it is to stop
 * @param incumbent the generation that serves, or is tried until one does
 * @param unstarted whether it waits for being started, since it is not started by itself
 * @param request that it was stopped on request, if it was
 * @param givenUp that it is given up, if it is
 */
record Outlook(
        boolean gone,
        boolean leaving,
        Optional<Generation> incumbent,
        boolean unstarted,
        Optional<Stopped> request,
        Optional<GivenUp> givenUp,
        Optional<LastReload> lastReload) {

    ServiceState state() {
        if (gone) {
            return givenUp.isPresent() ? ServiceState.DOWN : ServiceState.STOPPED;
        }
        if (leaving) {
            return ServiceState.STOPPING;
        }
        boolean accepts = incumbent.filter(Generation::accepts).isPresent();
        if (serving().isPresent()) {
            return accepts ? ServiceState.RUNNING : ServiceState.DOWN;
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
                failure().or(this::untold).map(Worker.Failure::reason).orElse("");
            case STARTING -> failure().map(Worker.Failure::reason).orElseGet(this::refusal);
            case DOWN ->
                givenUp.map(GivenUp::reason)
                        .or(() -> failure().map(Worker.Failure::reason))
                        .orElse("no worker is ready");
            case STOPPING -> request.map(Outlook::asked).orElse("");
            case STOPPED ->
                request.map(Outlook::asked)
                        .orElseGet(() -> unstarted
                                ? Service.UNSTARTED
                                : lastReload.map(LastReload::reason).orElse(""));
        };
    }

    private String refusal() {
        return incumbent.map(Generation::refusal).orElse("");
    }

    private static String asked(Stopped request) {
        return request.by().isEmpty() ? "as asked for" : "as asked for by " + request.by();
    }

    /** What the worker that failed wrote last. */
    List<String> lastLines() {
        if (!gone) {
            return failure()
                    .or(() -> state() == ServiceState.RUNNING ? untold() : Optional.empty())
                    .map(Worker.Failure::lastLines)
                    .orElse(List.of());
        }
        if (givenUp.isPresent()) {
            return givenUp.get().lastLines();
        }
        return request.isPresent() || unstarted
                ? List.of()
                : lastReload.map(LastReload::lastLines).orElse(List.of());
    }
}
