package dev.handover.chaos;

import dev.handover.chaos.link.LinkCounts;
import dev.handover.chaos.load.LoadResult;
import dev.handover.chaos.load.LoadResult.Distribution;
import dev.handover.chaos.load.LoadResult.Loss;
import dev.handover.chaos.load.Outcome;
import java.util.Formatter;
import java.util.Locale;
import java.util.Map;

/** A report for people. */
public final class Table {
    private static final int WORKERS_SHOWN = 20;
    private static final int LOSSES_SHOWN = 5;

    private final StringBuilder text = new StringBuilder();
    private final Formatter out = new Formatter(text, Locale.ROOT);

    private Table() {}

    public static String of(Report report) {
        Table table = new Table();
        table.head(report.load());
        table.outcomes(report.load());
        table.counters(report.load());
        table.times(report.load());
        table.workers(report.load());
        report.reloads().forEach(reload -> table.out.format("%s\n", Progress.describe(reload)));
        if (report.link() != null) {
            table.link(report.link());
        }
        table.losses(report.load());
        table.trust(report.load());
        return table.text.toString();
    }

    private void head(LoadResult load) {
        out.format(
                "%s, mode %s, %s a second for %s s: %d attempts\n",
                load.target(), load.mode(), number(load.rate()), number(load.seconds()), load.attempts());
        out.format("\n");
    }

    private void outcomes(LoadResult load) {
        for (Outcome outcome : Outcome.values()) {
            long count = load.count(outcome);
            if (outcome != Outcome.CLIENT_ERROR || count > 0) {
                row(outcome.title(), count);
            }
        }
        out.format("  %-40s %9s\n", "", "---------");
        row("dropped", load.dropped());
        out.format("\n");
    }

    private void counters(LoadResult load) {
        row("delayed by a lost SYN (0.9 s or more)", load.delayed());
        if (load.mode().equals("keepalive")) {
            row("met a closing connection, retried", load.metClosing());
        }
        if (load.wrongReplies() > 0) {
            row("wrong replies", load.wrongReplies());
        }
        out.format("\n");
    }

    private void times(LoadResult load) {
        out.format("  %-12s %9s %9s %9s %9s %9s\n", "ms", "p50", "p90", "p99", "p99.9", "max");
        times("latency", load.latency());
        times("connect", load.connect());
        out.format("\n");
    }

    private void times(String what, Distribution times) {
        out.format(
                "  %-12s %9.2f %9.2f %9.2f %9.2f %9.2f\n",
                what, times.p50(), times.p90(), times.p99(), times.p999(), times.max());
    }

    private void workers(LoadResult load) {
        Map<String, Long> answers =
                load.workers().size() > WORKERS_SHOWN && !load.generations().isEmpty()
                        ? load.generations()
                        : load.workers();
        answers.entrySet().stream()
                .limit(WORKERS_SHOWN)
                .forEach(answer -> row("answered by " + answer.getKey(), answer.getValue()));
        if (answers.size() > WORKERS_SHOWN) {
            out.format("  … and %d more\n", answers.size() - WORKERS_SHOWN);
        }
        if (!answers.isEmpty()) {
            out.format("\n");
        }
    }

    private void link(LinkCounts link) {
        out.format(
                "link: %s ms each way, %d packets there, %d back, %d dropped\n",
                number(link.delayMillis()), link.there(), link.back(), link.dropped());
    }

    private void losses(LoadResult load) {
        load.losses().stream().limit(LOSSES_SHOWN).forEach(this::loss);
        if (load.losses().size() > LOSSES_SHOWN) {
            out.format("  … more in the JSON\n");
        }
    }

    private void loss(Loss loss) {
        out.format(
                "  at %.3f s: %s%s\n",
                loss.atSeconds(), loss.outcome(), loss.detail().isEmpty() ? "" : " (" + loss.detail() + ")");
    }

    private void trust(LoadResult load) {
        if (load.timetable().fellBehind()) {
            out.format(
                    "NOT TO BE TRUSTED: the client fell behind its timetable: %d attempts began more than 100 ms late,"
                            + " one %.0f ms\n",
                    load.timetable().late(), load.timetable().maxMillis());
        }
        if (load.count(Outcome.CLIENT_ERROR) > 0) {
            out.format(
                    "NOT TO BE TRUSTED: %d attempts failed by the client's own doing, see above\n",
                    load.count(Outcome.CLIENT_ERROR));
        }
    }

    private void row(String name, long count) {
        out.format("  %-40s %9d\n", name, count);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
}
