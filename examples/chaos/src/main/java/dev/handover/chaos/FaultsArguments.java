package dev.handover.chaos;

import dev.handover.chaos.faults.FaultsOptions;
import dev.handover.chaos.faults.FaultsReport;
import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.Target;
import dev.handover.harness.Supervised;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --faults}: in place of a server that is there, one of chaos's own under a supervisor of this checkout. */
final class FaultsArguments {
    private static final int PORT_OVER_THE_LINK = 8080;
    /** Of other options, those that say something of it. */
    private static final List<String> TAKEN =
            List.of("--faults", "--seed", "--from-round", "--rate", "--duration", "--target", "--link", "--json");

    private static final double USUAL_RATE = 150;

    @Option(
            names = "--faults",
            description =
                    "starts a supervisor of this checkout with a service of its own, does both harm from a seed, and"
                            + " holds every lost connection against what was killed. Takes --seed, --from-round, --duration, --rate (150)"
                            + ", --target (where the service is to listen, and at the next port), --link and --json")
    private boolean faults;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "has the same faults done again. Default: any, and it is said")
    private @Nullable Long seed;

    @Option(
            names = "--from-round",
            paramLabel = "N",
            description = "begins with this round of the seed's. Default: ${DEFAULT-VALUE}",
            defaultValue = "1")
    private int fromRound = 1;

    boolean areAskedFor() {
        return faults;
    }

    /** @return the exit code */
    int run(CommandSpec spec, @Nullable Target target, Duration duration, @Nullable Duration delay, @Nullable Path json)
            throws InterruptedException {
        for (var given : spec.commandLine().getParseResult().matchedOptions()) {
            if (!TAKEN.contains(given.longestName())) {
                throw new ParameterException(spec.commandLine(), given.longestName() + " has no part in --faults");
            }
        }
        double rate = spec.commandLine().getParseResult().hasMatchedOption("--rate")
                ? spec.commandLine().getParseResult().matchedOptionValue("--rate", USUAL_RATE)
                : USUAL_RATE;
        try (@Nullable Link link = delay == null ? null : Link.open(delay)) {
            FaultsOptions options = options(target, duration, link != null);
            spec.commandLine()
                    .getErr()
                    .println("--faults --seed " + options.seed() + " --from-round " + options.from() + " --duration "
                            + Durations.format(duration));
            FaultsReport report = FaultsRun.run(options, rate, link, System.err::println);
            spec.commandLine().getOut().print(FaultsTable.of(report));
            spec.commandLine().getOut().flush();
            if (json != null) {
                Files.writeString(json, Json.write(report) + "\n");
            }
            return Verdict.of(report).exitCode();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        } catch (IOException | IllegalStateException e) {
            spec.commandLine().getErr().println("chaos: " + e.getMessage());
            return Verdict.UNTRUSTED.exitCode();
        }
    }

    private FaultsOptions options(@Nullable Target target, Duration duration, boolean overLink) throws IOException {
        long chosen = seed == null ? ThreadLocalRandom.current().nextInt(1, 1_000_000) : seed;
        if (target != null) {
            return new FaultsOptions(chosen, fromRound, duration, target.host(), target.port(), target.port() + 1);
        }
        return overLink
                ? new FaultsOptions(
                        chosen, fromRound, duration, Link.SERVER_ADDRESS, PORT_OVER_THE_LINK, PORT_OVER_THE_LINK + 1)
                : new FaultsOptions(
                        chosen, fromRound, duration, "127.0.0.1", Supervised.freePort(), Supervised.freePort());
    }
}
