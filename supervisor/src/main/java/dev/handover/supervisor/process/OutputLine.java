package dev.handover.supervisor.process;

import dev.handover.supervisor.terms.WorkerId;
import java.time.Instant;

/**
 * A line that a worker wrote, or a part of one that is too long.
 *
 * @param at when it was read, to be shown
 */
public record OutputLine(Instant at, WorkerId worker, String text) {
    private static final int BESIDE_THE_TEXT = 64;

    /** About as much memory as it takes. */
    long size() {
        return (long) text.length() + BESIDE_THE_TEXT;
    }
}
