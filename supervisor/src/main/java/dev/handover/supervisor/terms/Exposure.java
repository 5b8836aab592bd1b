package dev.handover.supervisor.terms;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a generation that was rolled back was to clients, as far as it was seen.
 *
 * @param served from the flip to it until the flip back
 * @param held how many connections the kernel showed that its workers held when they were told to drain: those that they had
 *     accepted and that had not ended by then; empty where that was not seen
 * @param canary whether another one served all the while
 * @param met which clients it met as a canary; empty where that was not counted
 */
public record Exposure(Duration served, OptionalLong held, boolean canary, Optional<Met> met) {
    /** The same, for those who may not see who the clients were. */
    public Exposure withoutNames() {
        return new Exposure(served, held, canary, met.map(Met::withoutNames));
    }

    /** For people. */
    @Override
    public String toString() {
        String open = held.isPresent()
                ? Counts.text(held.getAsLong(), "connection") + " that it took "
                        + (held.getAsLong() == 1 ? "was" : "were") + " open when it was told to drain"
                : "";
        if (met.isPresent()) {
            return "had clients for " + Durations.text(served) + ": " + met.get() + (open.isEmpty() ? "" : "; " + open);
        }
        return "had clients for " + Durations.text(served) + "; "
                + (open.isEmpty()
                        ? "how many connections it took is not shown"
                        : open + ", and how many had ended before is not shown");
    }
}
