package dev.handover.supervisor.terms;

import java.util.EnumSet;
import java.util.Set;

/** Where a worker stands; its worker alone changes it, along {@link #next()}. */
public enum WorkerState {
    /** No process; one is started when its back-off has passed. */
    WAITING,
    /** A process, not ready yet. */
    STARTING,
    /** It serves. */
    READY,
    /** Told to drain. */
    DRAINING,
    /** Sent TERM. */
    TERMINATING,
    /** Sent KILL. */
    KILLING,
    /** Gone, and not to be started again. */
    EXITED;

    /** The states that may follow this one. */
    public Set<WorkerState> next() {
        return switch (this) {
            case WAITING -> EnumSet.of(STARTING, EXITED);
            case STARTING -> EnumSet.of(READY, DRAINING, TERMINATING, KILLING, WAITING, EXITED);
            case READY -> EnumSet.of(DRAINING, TERMINATING, KILLING, WAITING, EXITED);
            case DRAINING -> EnumSet.of(TERMINATING, KILLING, EXITED);
            case TERMINATING -> EnumSet.of(KILLING, WAITING, EXITED);
            case KILLING -> EnumSet.of(WAITING, EXITED);
            case EXITED -> EnumSet.noneOf(WorkerState.class);
        };
    }
}
