package dev.handover.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * How a server with its listeners did, in each of its turns.
 *
 * @param server with its listeners, for people
 * @param keptAlive whether a connection had more than one request
 */
record Sharded(String server, boolean keptAlive, List<Wrk> turns) {
    private static final String HEAD =
            "| server | connections | requests a second | latency | its deviation | its p99 | failed |\n"
                    + "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n";

    /** In Markdown; each figure is the median of the turns. */
    static String table(Machine machine, List<Sharded> rows) {
        StringBuilder text = new StringBuilder(machine + ".\n\n" + HEAD);
        rows.forEach(row -> text.append(row.line()));
        return text.toString();
    }

    private String line() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %,.0f | %s ms | %s ms | %s ms | %,d |%n",
                server,
                keptAlive ? "kept alive" : "one request each",
                median(Wrk::requestsPerSecond),
                Table.number(median(Wrk::mean)),
                Table.number(median(Wrk::deviation)),
                Table.number(median(Wrk::p99)),
                turns.stream().mapToLong(Wrk::failed).sum());
    }

    private double median(ToDoubleFunction<Wrk> figure) {
        return new Samples(turns.stream().map(figure::applyAsDouble).toList()).median();
    }
}
