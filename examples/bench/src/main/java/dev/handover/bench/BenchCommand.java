package dev.handover.bench;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        version = "bench 0.1.0",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = {
            "Measures the supervisor of this checkout, and says of each figure whether it is what it should be.",
            "",
            "'compare' measures other programs' own reloads, and 'sharding' what listeners of SO_REUSEPORT do.",
            "Everything runs on loopback, or in network namespaces of its own, and is gone afterwards."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every figure was measured and reached",
            "1:a figure was missed",
            "2:usage",
            "3:a figure could not be measured"
        },
        subcommands = {CompareCommand.class, ShardingCommand.class})
final class BenchCommand implements Callable<Integer> {
    private static final int REACHED = 0;
    private static final int MISSED = 1;
    static final int NOT_MEASURED = 3;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FIGURE",
            arity = "0..*",
            description =
                    "flip, quiesce, own-time, connect, peers, throughput, intercept, warm-up, start-share, idle, growth, memory. Default: all, in about 38 minutes")
    private List<String> names = List.of();

    @Option(
            names = "--runs",
            description = "reloads, pairs or minutes for each figure. Default: as many as each figure wants",
            defaultValue = "0")
    private int runs;

    @Option(names = "--json", paramLabel = "FILE", description = "where to write the figures as JSON")
    private @Nullable Path json;

    /** What is written as JSON. */
    private record Report(Machine machine, List<Figure> figures, Map<String, String> notMeasured) {}

    @Override
    public Integer call() throws InterruptedException {
        if (runs < 0) {
            throw new ParameterException(spec.commandLine(), "--runs is a number of 1 or more");
        }
        List<Choice> choices = choices();
        Machine machine = Machine.now();
        List<Figure> figures = new ArrayList<>();
        Map<String, String> failed = new TreeMap<>();
        say(machine.toString());
        say(Table.HEAD);
        for (Choice choice : choices) {
            try {
                for (Figure figure : choice.bench().measure(runs)) {
                    figures.add(figure);
                    say(Table.row(figure));
                }
            } catch (IOException e) {
                failed.put(choice.toString(), String.valueOf(e.getMessage()));
                say(choice + ": not measured: " + e.getMessage());
            }
        }
        return write(new Report(machine, figures, failed));
    }

    private List<Choice> choices() {
        try {
            return names.isEmpty()
                    ? List.of(Choice.values())
                    : names.stream().map(Choice::parse).toList();
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), String.valueOf(unknown.getMessage()), unknown);
        }
    }

    private int write(Report report) {
        boolean missed = report.figures().stream().anyMatch(figure -> !figure.reached());
        if (json != null) {
            try {
                Files.writeString(
                        json,
                        new GsonBuilder()
                                        .setPrettyPrinting()
                                        .disableHtmlEscaping()
                                        .create()
                                        .toJson(report) + "\n");
            } catch (IOException e) {
                spec.commandLine().getErr().println("bench: " + json + " can't be written: " + e.getMessage());
                return NOT_MEASURED;
            }
        }
        return report.notMeasured().isEmpty() ? missed ? MISSED : REACHED : NOT_MEASURED;
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
