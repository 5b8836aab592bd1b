package dev.handover.supervisor.terms;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

    /** Both together. */
    public DrainReport plus(DrainReport other) {
        Optional<Said> both =
                Stream.of(said, other.said).flatMap(Optional::stream).reduce(Said::plus);
        return new DrainReport(
                account.plus(other.account),
                both,
                Stream.of(advice, other.advice).flatMap(List::stream).distinct().toList());
    }

    /** The same, with more reasons why somebody may have been cut. */
    public DrainReport withDoubts(List<String> doubts) {
        return new DrainReport(account.plus(new DrainAccount(0, 0, 0, 0, 0, 0, doubts)), said, advice);
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
