package dev.handover.bench;

import dev.handover.chaos.Report;
import dev.handover.chaos.load.Outcome;
import dev.handover.chaos.reload.ReloadRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of the clients of a program that was reloaded.
 *
 * @param name the program and how it was reloaded, for people
 * @param network where its clients were: {@code loopback}, or {@code link}
 * @param dropped by class, without those that are 0
 * @param delayed how many connected only after a SYN was sent again
 * @param connectP999 the 99.9th percentile of connect times, in milliseconds
 * @param connectMax the longest
 * @param answeredBy how many processes answered, where they say who they are
 * @param reloadSeconds how long each reload took, from the order until what it replaced was gone
 * @param failedReloads how many of them failed
 * @param masterMib what the process that did the reloads had of the machine's memory afterwards; null where there is none
 * @param untrusted whether the client fell behind its timetable
 */
record Compared(
        String name,
        String network,
        long attempts,
        Map<String, Long> dropped,
        long delayed,
        double connectP999,
        double connectMax,
        int answeredBy,
        List<Double> reloadSeconds,
        long failedReloads,
        @Nullable Double masterMib,
        boolean untrusted) {

    static Compared of(Way way, String network, Report report, @Nullable Double masterMib) {
        Map<String, Long> dropped = new LinkedHashMap<>();
        for (Outcome outcome : Outcome.values()) {
            if (outcome.isDropped() && report.count(outcome) > 0) {
                dropped.put(outcome.title(), report.count(outcome));
            }
        }
        return new Compared(
                way.name(),
                network,
                report.load().attempts(),
                dropped,
                report.load().delayed(),
                report.load().connect().p999(),
                report.load().connect().max(),
                report.load().workers().size(),
                report.reloads().stream().map(ReloadRecord::seconds).toList(),
                report.reloads().stream().filter(ReloadRecord::hasFailed).count(),
                masterMib,
                report.load().isUntrusted());
    }

    long lost() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    double reloadMedian() {
        return new Samples(reloadSeconds).median();
    }
}
