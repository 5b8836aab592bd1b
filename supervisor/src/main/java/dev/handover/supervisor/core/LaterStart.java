package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Happening.What;
import dev.handover.supervisor.terms.Report.ReloadOutcome;
import dev.handover.supervisor.terms.ServiceName;
import dev.handover.supervisor.terms.ServiceSpec;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A service's first start that others are to come before: what it will be, who asked for it, whom it waits for now. */
final class LaterStart {
    private final ServiceSpec spec;
    /** Empty where the supervisor itself starts it, or who asked has been answered. */
    private Optional<Caller> caller;

    private SortedSet<ServiceName> ahead = Collections.emptySortedSet();
    private boolean heldUp;

    LaterStart(ServiceSpec spec, Optional<Caller> caller) {
        this.spec = spec;
        this.caller = caller;
    }

    ServiceSpec spec() {
        return spec;
    }

    Optional<Caller> caller() {
        return caller;
    }

    /**
     * Whether both are flipped together with others, in one reload, and so can't wait for one another to run; also where these
     * are different others, since they may wait the other way round.
     */
    boolean movesWith(ServiceName other) {
        return Stream.of(spec.name(), other)
                .allMatch(name -> caller.filter(asked -> asked.takeover(name).concerns(name))
                        .isPresent());
    }

    /** Takes note of those that it waits for. */
    void waitsFor(SortedSet<ServiceName> others, Turn turn) {
        if (ahead.isEmpty()) {
            turn.about(spec.name())
                    .info(What.SERVICE_WAITS, spec.name() + " waits for " + text(others) + ", which it comes after");
        }
        ahead = new TreeSet<>(others);
    }

    private static String text(SortedSet<ServiceName> services) {
        return services.stream().map(ServiceName::toString).collect(Collectors.joining(", "));
    }

    /** For status. */
    String reason() {
        return "waits for " + text(ahead) + "; " + CommandNames.CTL + " start " + spec.name() + " starts it at once";
    }

    /**
     * It may be long: who asked for it is answered. Where it was to take addresses over, it is off, since those that give
     * them keep them now.
     *
     * @param why what has become of one that it waits for
     * @return whether it is off
     */
    boolean heldUp(String why, Turn turn) {
        if (heldUp) {
            return false;
        }
        heldUp = true;
        boolean off = movesWith(spec.name());
        String text = spec.name()
                + (off ? " is not started: it comes after " : " is not started yet: it comes after ") + text(ahead)
                + ", and " + why + "; " + CommandNames.CTL + " start " + spec.name() + " starts it at once";
        turn.about(spec.name()).warn(text);
        answer(ReloadOutcome.FAILED, text, turn);
        return off;
    }

    /** Something else was asked for. */
    void dropped(ReloadOutcome outcome, String why, Turn turn) {
        answer(outcome, why, turn);
    }

    private void answer(ReloadOutcome outcome, String why, Turn turn) {
        Optional<Caller> asked = caller;
        caller = Optional.empty();
        asked.ifPresent(one -> one.ended(Findings.notBegun(spec.name(), Optional.empty(), outcome, why), turn));
    }

    /** Whom it comes after, whether or not they are waited for. */
    List<ServiceName> after() {
        return spec.after();
    }
}
