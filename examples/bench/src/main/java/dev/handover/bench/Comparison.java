package dev.handover.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that was compared in one run.
 *
 * @param rate attempts a second
 * @param reloads of each
 * @param seconds how long it all took
 * @param leftOut programs that can't be had here, with the reason; and what could not be measured
 */
record Comparison(
        Machine machine, double rate, int reloads, double seconds, List<Compared> rows, Map<String, String> leftOut) {
    private static final String HEAD =
            "| reloaded | attempts | dropped | as | delayed | p99.9 of connect | a reload takes: median, most | master's memory |\n"
                    + "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: |\n";

    List<Compared> over(String network) {
        return rows.stream().filter(row -> row.network().equals(network)).toList();
    }

    /** A table for each network, in Markdown. */
    String table() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s; %s connections a second, %d reloads of each; the run took %.1f minutes.%n",
                machine,
                Table.number(rate),
                reloads,
                seconds / 60));
        for (String network : rows.stream().map(Compared::network).distinct().toList()) {
            text.append("\n**").append(network).append("**\n\n").append(HEAD);
            over(network).forEach(row -> text.append(line(row)));
        }
        leftOut.forEach((program, reason) -> text.append("\nLeft out: ")
                .append(program)
                .append(": ")
                .append(reason)
                .append('\n'));
        return text.toString();
    }

    static String line(Compared row) {
        String as = row.dropped().entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
        String failed = row.failedReloads() == 0 ? "" : "; " + row.failedReloads() + " failed";
        @Nullable Double memory = row.masterMib();
        return String.format(
                Locale.ROOT,
                "| %s | %,d%s | %,d | %s | %,d | %s ms | %s s, %s s%s | %s |%n",
                row.name(),
                row.attempts(),
                row.untrusted() ? " (late)" : "",
                row.lost(),
                as,
                row.delayed(),
                Table.number(row.connectP999()),
                Table.number(row.reloadMedian()),
                Table.number(new Samples(row.reloadSeconds()).most()),
                failed,
                memory == null ? "no master" : Table.number(memory) + " MiB");
    }
}
