package dev.handover.supervisor.terms;

import java.util.List;
import java.util.Optional;

/**
 * How a generation drained, by each witness apart.
 *
 * @param account what the kernel showed of the connections that its workers held when they were told
 * @param said what the workers said themselves; empty if they said nothing
 * @param advice what would have been better, for people; empty if nothing is known
 */
public record DrainReport(DrainAccount account, Optional<Said> said, List<String> advice) {
    public DrainReport {
        advice = List.copyOf(advice);
    }

    /**
     * Of all workers that said something.
     *
     * @param open how many connections were open, at most, while they drained
     * @param left how many were left when their processes ended
     */
    public record Said(long open, long left) {
        public Said plus(Said other) {
            return new Said(open + other.open, left + other.left);
        }
    }
}
