package dev.handover.chaos;

import dev.handover.chaos.link.Link;
import dev.handover.chaos.load.LoadOptions;
import dev.handover.chaos.load.Mode;
import dev.handover.chaos.load.Target;
import dev.handover.chaos.reload.ReloadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        version = "chaos 0.1.0",
        sortOptions = false,
        synopsisSubcommandLabel = "",
        customSynopsis = {
            "chaos --target HOST:PORT [OPTION…]",
            "chaos --faults [--seed N] [OPTION…]",
            "chaos link DELAY -- COMMAND…"
        },
        usageHelpAutoWidth = true,
        description = {
            "Puts a load on a server, reloads it meanwhile, and counts how every attempt ended.",
            "",
            "Attempts begin on a fixed timetable, whatever became of those before."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing was dropped, or --allow-drops; with --faults: nothing but what killed processes held",
            "1:attempts were dropped, or replies were not what was asked for; with --faults: all else that went wrong",
            "2:usage, or something asked for that cannot be had here",
            "3:no figures, or none to be trusted: the target never answered, the client failed or fell behind",
            "4:a reload failed, and nothing was dropped"
        },
        subcommands = LinkCommand.class)
final class ChaosCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--target", paramLabel = "HOST:PORT", description = "what to connect to; [::1]:80 for IPv6")
    private @Nullable Target target;

    @Option(
            names = "--mode",
            description =
                    "http: a request per connection; line: a line echoed per connection; banner: the server speaks"
                            + " and closes; keepalive: requests on connections kept alive; long: echo connections that live to"
                            + " their own end. Default: ${DEFAULT-VALUE}",
            defaultValue = "http")
    private Mode mode = Mode.HTTP;

    @Option(names = "--rate", description = "attempts per second. Default: ${DEFAULT-VALUE}", defaultValue = "1000")
    private double rate;

    @Option(
            names = "--duration",
            description = "such as 20s; it goes on until the last reload has ended. Default: ${DEFAULT-VALUE}",
            defaultValue = "10s")
    private Duration duration = Duration.ZERO;

    @Option(names = "--path", description = "what HTTP asks for. Default: ${DEFAULT-VALUE}", defaultValue = "/")
    private String path = "/";

    @Option(
            names = "--connections",
            description = "kept alive in mode keepalive. Default: ${DEFAULT-VALUE}",
            defaultValue = "50")
    private int connections;

    @Option(
            names = "--lifetime",
            description = "of a connection in mode long. Default: ${DEFAULT-VALUE}",
            defaultValue = "10s")
    private Duration lifetime = Duration.ZERO;

    @Option(
            names = "--line-interval",
            description = "between its lines. Default: ${DEFAULT-VALUE}",
            defaultValue = "1s")
    private Duration lineInterval = Duration.ZERO;

    @Option(names = "--connect-timeout", description = "Default: ${DEFAULT-VALUE}", defaultValue = "5s")
    private Duration connectTimeout = Duration.ZERO;

    @Option(names = "--reply-timeout", description = "Default: ${DEFAULT-VALUE}", defaultValue = "10s")
    private Duration replyTimeout = Duration.ZERO;

    @Option(
            names = "--source",
            split = ",",
            paramLabel = "ADDRESS",
            description = "the client's addresses, taken in turn. Default: 127.0.0.1 to 127.0.0.32 for a target on IPv4"
                    + " loopback, else the kernel's choice")
    private List<String> sources = List.of();

    @Option(names = "--reloads", description = "how many, evenly spread", defaultValue = "0")
    private int reloads;

    @Option(names = "--reload-command", paramLabel = "COMMAND", description = "given to sh -c")
    private @Nullable String reloadCommand;

    @Option(
            names = "--reload-timeout",
            description = "a reload that takes longer is killed. Default: ${DEFAULT-VALUE}",
            defaultValue = "2m")
    private Duration reloadTimeout = Duration.ZERO;

    @Option(names = "--allow-failed-reloads", description = "a reload that fails is reported, and no failure")
    private boolean allowFailedReloads;

    @Option(names = "--allow-drops", description = "attempts dropped are reported, and no failure")
    private boolean allowDrops;

    @Option(names = "--json", paramLabel = "FILE", description = "where to write the report as JSON")
    private @Nullable Path json;

    @Option(
            names = "--wait-for-target",
            description = "how long the target may take to accept a first connection. Default: no wait",
            defaultValue = "0s")
    private Duration waitForTarget = Duration.ZERO;

    @Option(
            names = "--server-command",
            paramLabel = "COMMAND",
            description = "the server, given to sh -c: started before the load, and stopped after it")
    private @Nullable String serverCommand;

    @Option(
            names = "--link",
            paramLabel = "DELAY",
            description =
                    "puts a link with this delay each way between client and server (root): the server command and"
                            + " the reload command run in the server's network namespace, at 10.77.0.2 and fd77::2")
    private @Nullable Duration link;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private FaultsArguments faults;

    @Override
    public Integer call() throws InterruptedException {
        if (json != null && !Files.isDirectory(json.toAbsolutePath().resolveSibling("."))) {
            throw usage("--json: there is no folder for " + json);
        }
        if (link != null && Link.obstacle() != null) {
            throw usage("--link: " + Link.obstacle());
        }
        if (faults.areAskedFor()) {
            return faults.run(spec, target, duration, link, json);
        }
        ChaosOptions options = options();
        try {
            Report report = link == null ? runHere(options) : runOverLink(options, link);
            spec.commandLine().getOut().print(Table.of(report));
            spec.commandLine().getOut().flush();
            Verdict verdict = Verdict.of(report, allowDrops, allowFailedReloads);
            if (json != null) {
                Files.writeString(json, Json.write(report) + "\n");
            }
            return verdict.exitCode();
        } catch (IOException e) {
            spec.commandLine().getErr().println("chaos: " + e.getMessage());
            return Verdict.UNTRUSTED.exitCode();
        }
    }

    private ChaosOptions options() {
        if (target == null) {
            throw usage("--target is missing: what to connect to, such as 127.0.0.1:8080");
        }
        if (reloads > 0 && reloadCommand == null) {
            throw usage("--reloads needs --reload-command");
        }
        try {
            LoadOptions load = LoadOptions.of(target, mode, rate, duration)
                    .withPath(path)
                    .withConnections(connections)
                    .withLongConnections(lifetime, lineInterval)
                    .withTimeouts(connectTimeout, replyTimeout)
                    .withSources(sources);
            ReloadOptions reload =
                    reloadCommand == null ? ReloadOptions.none() : ReloadOptions.of(reloads, reloadCommand);
            return ChaosOptions.of(load)
                    .withReloads(reload.withTimeout(reloadTimeout))
                    .waitingForTarget(waitForTarget);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    @SuppressWarnings("try") // the server is held only to be stopped
    private Report runHere(ChaosOptions options) throws IOException, InterruptedException {
        if (serverCommand == null) {
            return ChaosRun.run(options, Progress::say);
        }
        try (ServerProcess server = ServerProcess.start(ServerProcess.shell(serverCommand), Map.of())) {
            return ChaosRun.run(options, Progress::say);
        }
    }

    @SuppressWarnings("try") // the server is held only to be stopped
    private Report runOverLink(ChaosOptions options, Duration delay) throws IOException, InterruptedException {
        try (Link made = Link.open(delay)) {
            if (serverCommand == null) {
                return ChaosRun.runOver(made, options);
            }
            List<String> command = made.inServer(ServerProcess.shell(serverCommand));
            try (ServerProcess server = ServerProcess.start(command, made.environment())) {
                return ChaosRun.runOver(made, options);
            }
        }
    }

    private ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }
}
