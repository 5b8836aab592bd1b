package dev.handover.chaos.faults;

import java.util.List;

/**
 * All that is known of a run but for what became of its connections.
 *
 * @param supervisors how each has grown
 * @param wrong what should not have been, in words
 * @param leftOut kinds of faults that could not be done here, each with the reason
 * @param log the supervisors' log
 */
public record Burnt(
        long seed,
        Journal journal,
        List<RoundRecord> rounds,
        List<Struck> struck,
        List<Death> deaths,
        List<FaultsReport.Lived> supervisors,
        List<String> wrong,
        List<String> leftOut,
        List<String> log) {
    public Burnt {
        rounds = List.copyOf(rounds);
        struck = List.copyOf(struck);
        deaths = List.copyOf(deaths);
        supervisors = List.copyOf(supervisors);
        wrong = List.copyOf(wrong);
        leftOut = List.copyOf(leftOut);
        log = List.copyOf(log);
    }
}
