package dev.handover.chaos;

import dev.handover.chaos.faults.FaultsReport;
import dev.handover.chaos.faults.FaultsReport.Asked;
import dev.handover.chaos.faults.FaultsReport.Done;
import dev.handover.chaos.faults.FaultsReport.Lived;
import dev.handover.chaos.faults.FaultsReport.Unaccounted;
import dev.handover.chaos.load.LoadResult;
import dev.handover.chaos.load.Outcome;
import java.util.Comparator;
import java.util.Formatter;
import java.util.Locale;
import java.util.stream.Collectors;

/** A report of faults, for people. */
public final class FaultsTable {
    private static final int SHOWN = 10;

    private final StringBuilder text = new StringBuilder();
    private final Formatter out = new Formatter(text, Locale.ROOT);

    private FaultsTable() {}

    public static String of(FaultsReport report) {
        FaultsTable table = new FaultsTable();
        table.out.format("seed %d, %d rounds in %.0f s\n\n", report.seed(), report.rounds(), report.seconds());
        report.loads().forEach(table::load);
        table.out.format("\n  %-44s %6s %9s  %s\n", "asked of the supervisor", "rounds", "lossless", "answers");
        report.moves().forEach(table::move);
        table.out.format("\n  %-34s %7s %7s %9s %12s\n", "fault", "planned", "done", "open then", "lost, of it");
        report.faults().forEach(table::fault);
        report.leftOut().forEach(one -> table.out.format("  left out: %s\n", one));
        report.supervisors().stream().max(Comparator.comparingInt(Lived::looks)).ifPresent(table::longest);
        table.end(report);
        return table.text.toString();
    }

    private void load(LoadResult load) {
        out.format(
                "  %s, mode %s: %d attempts, %d dropped%s\n",
                load.target(),
                load.mode(),
                load.attempts(),
                load.dropped(),
                load.count(Outcome.CLIENT_ERROR) > 0
                        ? ", NOT TO BE TRUSTED: " + load.count(Outcome.CLIENT_ERROR)
                                + " failed by the client's own doing"
                        : "");
    }

    private void move(Asked move) {
        out.format(
                "  %-44s %6d %9d  %s\n",
                move.move(),
                move.times(),
                move.lossless(),
                move.ends().entrySet().stream()
                        .map(end -> end.getValue() + " " + end.getKey())
                        .collect(Collectors.joining(", ")));
    }

    private void fault(Done fault) {
        out.format(
                "  %-34s %7d %7d %9d %12d\n", fault.kind(), fault.planned(), fault.times(), fault.open(), fault.lost());
    }

    private void longest(Lived one) {
        out.format(
                "\n  the supervisor that lived longest, %d rounds: %d to %d descriptors, %d to %d threads, %d to %d MiB, %d at most\n",
                one.looks(),
                one.firstDescriptors(),
                one.lastDescriptors(),
                one.firstThreads(),
                one.lastThreads(),
                one.firstMib(),
                one.lastMib(),
                one.mostMib());
    }

    private void end(FaultsReport report) {
        long lost = report.faults().stream().mapToLong(Done::lost).sum();
        out.format(
                "\n  %d of %d attempts dropped: %d held by who was killed, %d unaccounted for\n",
                report.dropped(), report.attempts(), lost, report.unaccounted().size());
        report.unaccounted().stream().limit(SHOWN).forEach(this::unaccounted);
        if (report.unaccounted().size() > SHOWN) {
            out.format("  … %d more in the JSON\n", report.unaccounted().size() - SHOWN);
        }
        report.wrong().forEach(one -> out.format("  WRONG: %s\n", one));
        if (report.hasFailed()) {
            out.format("  again: --faults --seed %d\n", report.seed());
        }
    }

    private void unaccounted(Unaccounted loss) {
        out.format(
                "  UNACCOUNTED: at %.3f s, mode %s, client %s: %s%s\n",
                loss.atSeconds(),
                loss.mode(),
                loss.client(),
                loss.outcome(),
                loss.saidLossless().isEmpty() ? "" : "; meanwhile " + loss.saidLossless());
        loss.around().forEach(one -> out.format("  | %s\n", one));
    }
}
