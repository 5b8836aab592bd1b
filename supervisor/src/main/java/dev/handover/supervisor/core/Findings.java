package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Report.PhaseReport;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a handover came to, as it is reported: how its phases ended, what it did to connections, and what is still lacking. */
final class Findings {
    private final Optional<Generation> from;
    private final Generation to;
    private final List<PhaseReport> phases = new ArrayList<>();
    /** What keeps its ledger from being called lossless. */
    private final List<String> caveats = new ArrayList<>();

    private @Nullable Ledger ledger;
    /** Whether another handover has told what the command came to that was started at the flip. */
    private boolean commandIsTold;

    Findings(Optional<Generation> from, Generation to) {
        this.from = from;
        this.to = to;
    }

    void ended(PhaseReport phase) {
        phases.add(phase);
    }

    void caveat(String why) {
        caveats.add(why);
    }

    /** The same, where it may be known already. */
    void caveatOnce(String why) {
        if (!caveats.contains(why)) {
            caveats.add(why);
        }
    }

    /** Takes note of what steering counted of the old generation; returns it with all that is known beside. */
    Ledger counted(Generation old, Ledger figures) {
        ledger = old.parting().counted(figures.withCaveats(caveats));
        return ledger;
    }

    void commandIsTold() {
        commandIsTold = true;
    }

    /** The command that was started at the flip, if what it comes to is to be told here. */
    Optional<Command> command() {
        return commandIsTold ? Optional.empty() : to.afterFlip();
    }

    /** What a generation that serves lacks to what was asked for. */
    Optional<String> shortfall() {
        return to.accepts()
                ? commandFailure().map(Worker.Failure::reason)
                : Optional.of("none of its workers accepts"
                        + to.failure().map(why -> ": " + why.reason()).orElse(""));
    }

    private Optional<Worker.Failure> commandFailure() {
        return command().flatMap(Command::failure);
    }

    private List<String> lastLines() {
        return to.failure()
                .or(this::commandFailure)
                .map(Worker.Failure::lastLines)
                .orElse(List.of());
    }

    /**
     * @param drained whether the old generation has drained, or should have
     * @param back what a generation that was rolled back by it was to clients; empty where none was
     */
    ReloadReport report(ReloadOutcome outcome, String reason, boolean drained, Optional<Rollback> back) {
        boolean standsBy =
                from.filter(old -> old.state() == GenerationState.STANDBY).isPresent();
        return new ReloadReport(
                to.spec().name(),
                from.map(Generation::id),
                Optional.of(to.id()),
                outcome,
                reason,
                outcome == ReloadOutcome.FAILED ? lastLines() : List.of(),
                phases,
                drained && !standsBy ? from.map(Generation::parting).flatMap(Parting::report) : Optional.empty(),
                Optional.ofNullable(ledger),
                List.of(),
                standsBy && outcome == ReloadOutcome.COMPLETED ? to.spec().standby() : Optional.empty(),
                back.map(undone -> undone.exposure(from.orElseThrow())),
                Optional.empty());
    }

    /** Of one whose new generation was taken back: with what that came to. */
    ReloadReport undone(ReloadReport back) {
        return new ReloadReport(
                to.spec().name(),
                from.map(Generation::id),
                Optional.of(to.id()),
                ReloadOutcome.FAILED,
                back.reason(),
                lastLines(),
                phases,
                back.drain(),
                back.ledger(),
                List.of(),
                Optional.empty(),
                back.exposure(),
                Optional.empty());
    }

    /** Of a reload that never began. */
    static ReloadReport notBegun(
            ServiceName service, Optional<GenerationId> serving, ReloadOutcome outcome, String why) {
        return new ReloadReport(
                service,
                serving,
                Optional.empty(),
                outcome,
                why,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }
}
