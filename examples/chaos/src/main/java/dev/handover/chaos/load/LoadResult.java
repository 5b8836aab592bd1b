package dev.handover.chaos.load;

import java.util.List;
import java.util.Map;

/**
 * What became of a load.
 *
 * @param target the address, as given
 * @param mode the mode, as written on the command line
 * @param rate attempts per second
 * @param seconds the timetable's length; it goes on until the last reload has ended
 * @param startedAt wall-clock time, ISO 8601
 * @param attempts how many were begun; the sum of all outcomes
 * @param outcomes every outcome with its count, 0 included
 * @param dropped the sum of those that the server, or the way to it, lost
 * @param replies whole replies; more than the attempts that were ok in mode long, where an attempt has many
 * @param wrongReplies those of them that were not what was asked for: not 2xx, or not the line sent
 * @param delayed attempts that connected only after a SYN was sent again: 0.9 s or more, and no more than SYNs that the
 *     kernel sent again meanwhile, in the load's network namespace
 * @param metClosing requests on a connection kept alive that was closed or reset without a byte of reply: the race that
 *     HTTP knows, answered by a retry on a new connection, and no drop
 * @param connections connections begun
 * @param timetable how well the client itself kept to its timetable
 * @param latency of whole replies, each from the time when it was due
 * @param connect of connections, each from its first SYN
 * @param workers whole replies by who gave them, where the reply tells
 * @param generations the same, added up, where the name is {@code <service>/g<generation>/…}
 * @param losses the first attempts that did not end ok, at most 10,000
 */
public record LoadResult(
        String target,
        String mode,
        double rate,
        double seconds,
        String startedAt,
        long attempts,
        Map<Outcome, Long> outcomes,
        long dropped,
        long replies,
        long wrongReplies,
        long delayed,
        long metClosing,
        long connections,
        Punctuality timetable,
        Distribution latency,
        Distribution connect,
        Map<String, Long> workers,
        Map<String, Long> generations,
        List<Loss> losses) {

    public long count(Outcome outcome) {
        return outcomes.getOrDefault(outcome, 0L);
    }

    /** Whether the client failed on its own, or fell behind, so that the figures say nothing about the server. */
    public boolean isUntrusted() {
        return timetable.fellBehind() || count(Outcome.CLIENT_ERROR) > 0;
    }

    /**
     * How late attempts began.
     *
     * @param late how many began more than 100 ms late
     * @param p99Millis the 99th percentile of lateness
     * @param maxMillis the greatest
     * @param fellBehind whether more than 1 % and more than 10 were late, or one by more than 1 s
     */
    public record Punctuality(long late, double p99Millis, double maxMillis, boolean fellBehind) {}

    /** Percentiles in milliseconds; all 0 where {@code count} is 0. */
    public record Distribution(long count, double p50, double p90, double p99, double p999, double max) {}

    /**
     * An attempt that did not end ok.
     *
     * @param atSeconds when it ended, from the start of the load
     * @param detail the kernel's word for it, or empty
     * @param client the client's end of the connection, address and port; empty where it had none
     */
    public record Loss(double atSeconds, String outcome, String detail, String client) {}
}
