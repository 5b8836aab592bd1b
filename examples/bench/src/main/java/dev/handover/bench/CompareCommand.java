package dev.handover.bench;

import dev.handover.chaos.ChaosOptions;
import dev.handover.chaos.ChaosRun;
import dev.handover.chaos.Report;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Reloads the programs of examples/bench/peers by their own ways and by Handover, under the same load.",
            "",
            "On loopback, and, as root, over a link with a round trip of 40 ms. What is not installed is left out, and named."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all that is installed was measured, whatever was lost",
            "2:usage",
            "3:something could not be measured, or written"
        })
final class CompareCommand implements Callable<Integer> {
    private static final Duration ONE_WAY = Duration.ofMillis(20);
    private static final Duration TO_SERVE = Duration.ofSeconds(60);
    private static final Duration TO_RELOAD = Duration.ofSeconds(60);
    private static final String LOOPBACK = "loopback";
    private static final String LINK = "link, round trip of 40 ms";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "PROGRAM[:WAY]", arity = "0..*", description = "Default: all, in about 12 minutes")
    private List<String> names = List.of();

    @Option(names = "--rate", description = "connections a second. Default: ${DEFAULT-VALUE}", defaultValue = "500")
    private double rate;

    @Option(names = "--reloads", description = "of each. Default: ${DEFAULT-VALUE}", defaultValue = "5")
    private int reloads;

    @Option(
            names = "--pause",
            paramLabel = "MILLISECONDS",
            description = "from one reload to the next, where it takes no longer. Default: ${DEFAULT-VALUE}",
            defaultValue = "1000")
    private long pause;

    @Option(
            names = "--port",
            description = "the first of those listened at. Default: ${DEFAULT-VALUE}",
            defaultValue = "21000")
    private int port;

    @Option(
            names = "--into",
            paramLabel = "FOLDER",
            description =
                    "where to write peers.json, peers-dropped.svg and peers-reload.svg, and the table into benchmarks.md")
    private @Nullable Path folder;

    private final Map<String, String> leftOut = new TreeMap<>();
    private final List<Compared> rows = new ArrayList<>();

    /** Puts a load on a program, and reloads it meanwhile, wherever the two are. */
    @FunctionalInterface
    private interface Load {
        Report run(ChaosOptions options) throws IOException, InterruptedException;
    }

    /**
     * What is between a program and its clients.
     *
     * @param address where the program listens
     * @param place how a command is run there
     */
    private record Network(String name, String address, UnaryOperator<List<String>> place, Load load) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        long start = System.nanoTime();
        Machine machine = Machine.now();
        List<Way> ways = Way.all(leftOut).stream()
                .filter(way -> names.isEmpty() || names.stream().anyMatch(way::isMeantBy))
                .toList();
        int missing = leftOut.size();
        say(machine.toString());
        measure(ways, new Network(LOOPBACK, "127.0.0.1", UnaryOperator.identity(), ChaosRun::run));
        @Nullable String obstacle = Link.obstacle();
        if (obstacle != null) {
            leftOut.put(LINK, obstacle);
        } else {
            try (Link link = Link.open(ONE_WAY)) {
                Load load = options -> ChaosRun.runOver(link, options);
                measure(ways, new Network(LINK, Link.SERVER_ADDRESS, link::inServer, load));
            }
        }
        Comparison comparison =
                new Comparison(machine, rate, reloads, (System.nanoTime() - start) / 1e9, rows, leftOut);
        say(comparison.table());
        if (folder != null) {
            Documents.write(folder, "peers", comparison, comparison.table());
            plot(comparison, "connections dropped", 0.5, Compared::lost, folder.resolve("peers-dropped.svg"));
            plot(
                    comparison,
                    "a reload takes, in seconds",
                    0.05,
                    Compared::reloadMedian,
                    folder.resolve("peers-reload.svg"));
        }
        return leftOut.size() == missing ? 0 : BenchCommand.NOT_MEASURED;
    }

    private void measure(List<Way> ways, Network network) throws InterruptedException {
        for (Way way : ways) {
            try {
                Compared row = measured(way, network);
                rows.add(row);
                say(network.name() + ": " + Comparison.line(row).strip());
            } catch (IOException e) {
                leftOut.put(way.name() + ", " + network.name(), String.valueOf(e.getMessage()));
                say(network.name() + ": " + way.name() + ": " + e.getMessage());
            }
        }
    }

    private Compared measured(Way way, Network network) throws IOException, InterruptedException {
        Way.Place place = new Way.Place(Serving.newFolder(), network.address(), port++, reloads);
        Target target = new Target(network.address(), place.port());
        ChaosOptions options = ChaosOptions.of(
                        LoadOptions.of(target, Mode.HTTP, rate, Duration.ofMillis(pause * (reloads + 1))))
                .withReloads(new ReloadOptions(reloads, way.reload(place), TO_RELOAD))
                .waitingForTarget(TO_SERVE);
        try (Serving serving = Serving.start(place.folder(), network.place().apply(way.serve(place)))) {
            try {
                Report report = network.load().run(options);
                return Compared.of(way, network.name(), report, serving.masterMib());
            } catch (IOException e) {
                throw new IOException(
                        e.getMessage() + "; it said: " + serving.output().strip(), e);
            }
        }
    }

    private static void plot(
            Comparison comparison, String what, double least, ToDoubleFunction<Compared> figure, Path file)
            throws IOException {
        BarChart chart = new BarChart(
                Table.number(comparison.rate()) + " connections a second, " + comparison.reloads() + " reloads of each",
                what,
                least);
        for (String network : List.of(LOOPBACK, LINK)) {
            List<Compared> rows = comparison.over(network);
            if (!rows.isEmpty()) {
                chart.add(
                        network,
                        rows.stream().map(row -> row.name().replace("`", "")).toList(),
                        rows.stream().map(figure::applyAsDouble).toList());
            }
        }
        chart.write(file);
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
