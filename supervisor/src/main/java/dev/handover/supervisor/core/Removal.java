package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.Effect;
import dev.handover.supervisor.terms.Event;
import dev.handover.supervisor.terms.GenerationId;
import dev.handover.supervisor.terms.GenerationState;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Ledger;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.Report.ReloadReport;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.Words;
import java.time.Duration;
import java.util.NavigableSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way out of a service whose addresses others take over, up to its drain: it serves until they do, and then what is in
 * flight to it runs empty.
 */
final class Removal {
    private static final long NEVER = Long.MAX_VALUE;

    private final ServiceName service;
    private final Caller caller;
    private final NavigableSet<ServiceName> takers;
    private final Takeover takeover;
    private @Nullable Generation last;
    private boolean quiesces;
    private boolean empty;
    private long deadline = NEVER;

    Removal(ServiceName service, Caller caller, NavigableSet<ServiceName> takers) {
        this.service = service;
        this.caller = caller;
        this.takers = takers;
        this.takeover = caller.takeover(service);
    }

    /** Why it stays. */
    Optional<String> failure() {
        return quiesces
                ? Optional.empty()
                : takeover.failure()
                        .map(why -> Words.and(takers) + " did not take its addresses over: " + why + "; " + service
                                + " stays, and serves");
    }

    /**
     * Goes as far as the others allow.
     *
     * @param incumbent what serves
     */
    void advance(Optional<Generation> incumbent, Turn turn) {
        if (!quiesces && takeover.doServe(takers)) {
            begin(incumbent, turn);
        }
    }

    /** Without clients of its own: those that take its addresses have nobody to wait for. */
    void beginUnserved(Optional<Generation> incumbent, Turn turn) {
        takeover.ready(service);
        takeover.serves(service);
        begin(incumbent, turn);
    }

    /** With no takers: at once. */
    void begin(Optional<Generation> incumbent, Turn turn) {
        quiesces = true;
        last = incumbent.orElse(null);
        Optional<Generation> steered = incumbent.filter(one -> !takers.isEmpty()
                && one.state() == GenerationState.SERVING
                && one.lead().wasSteered());
        if (steered.isPresent()) {
            Generation leaves = steered.get();
            Duration limit = leaves.spec().quiesceTimeout();
            leaves.quiesce("its addresses are taken over by " + Words.and(takers), turn);
            turn.effect(new Effect.Quiesce(service, leaves.id(), limit));
            deadline = turn.now() + limit.plus(Handover.STEERING_LIMIT).toNanos();
        } else {
            empty = true;
        }
    }

    void on(Event.OfGeneration event) {
        if (quiesces
                && event instanceof Event.Quiesced
                && last != null
                && event.generation().equals(last.id())) {
            empty = true;
        }
    }

    /** Whether others serve in its place: from then on it goes, whatever comes. */
    boolean hasBegun() {
        return quiesces;
    }

    /** Whether it is to drain now. */
    boolean isOver(Turn turn) {
        return empty || turn.now() >= deadline;
    }

    long nextDeadline() {
        return deadline;
    }

    void report(ReloadOutcome outcome, String why, Turn turn) {
        caller.ended(Findings.notBegun(service, from(), outcome, why), turn);
    }

    private Optional<GenerationId> from() {
        return Optional.ofNullable(last).map(Generation::id);
    }

    /** The generation that has gone, if steering held any of it and so is to tell of its release. */
    Optional<GenerationId> held() {
        return Optional.ofNullable(last).filter(one -> one.lead().mayBeHeld()).map(Generation::id);
    }

    /**
     * Tells the caller that the service is gone.
     *
     * @param figures what steering counted; empty if it did not tell, or held nothing
     */
    void done(Optional<Ledger> figures, Turn turn) {
        ReloadReport report = Findings.notBegun(service, from(), ReloadOutcome.COMPLETED, service + " is removed");
        Generation gone = last;
        if (gone != null) {
            Optional<Ledger> ledger = figures.map(gone.parting()::counted);
            ledger.ifPresent(counted -> turn.about(gone).info(What.HANDED_OVER, gone + " is gone: " + counted));
            report = report.withDrain(gone.parting().report(), ledger);
        }
        caller.ended(report, turn);
    }
}
