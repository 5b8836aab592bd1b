package dev.handover.supervisor.core;

import dev.handover.supervisor.terms.CommandNames;
import dev.handover.supervisor.terms.Memory.GivenUp;
import dev.handover.supervisor.terms.Memory.Stopped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a service is not run, or not yet, for as long as that is so. */
final class Absence {
    /** Why it is not started. */
    static final String UNSTARTED = "autostart is false; " + CommandNames.CTL + " start starts it";

    private @Nullable Stopped stopped;
    private @Nullable GivenUp givenUp;
    private boolean removed;
    private boolean unstarted;
    private @Nullable LaterStart later;

    /** It is, or is to be, stopped on request; what was asked for first counts. */
    void stopped(Stopped request) {
        stopped = stopped == null ? request : stopped;
    }

    Optional<Stopped> stopped() {
        return Optional.ofNullable(stopped);
    }

    /** None of its workers is started again, until it is asked for. */
    void givenUp(GivenUp how) {
        givenUp = how;
    }

    void notGivenUp() {
        givenUp = null;
    }

    Optional<GivenUp> givenUp() {
        return Optional.ofNullable(givenUp);
    }

    /** It is not in the configuration any more. */
    void removed() {
        removed = true;
        givenUp = null;
    }

    boolean isRemoved() {
        return removed;
    }

    /** It is in the configuration, and waits for being started by somebody. */
    void unstarted() {
        unstarted = true;
        removed = false;
    }

    boolean isUnstarted() {
        return unstarted;
    }

    /** It is started later, when others run. */
    void later(LaterStart start) {
        later = start;
    }

    /** Whom it waits for; empty where it does not. */
    Optional<LaterStart> later() {
        return Optional.ofNullable(later);
    }

    void notLater() {
        later = null;
    }

    /** It is asked for. */
    void over() {
        stopped = null;
        givenUp = null;
        removed = false;
        unstarted = false;
        later = null;
    }
}
